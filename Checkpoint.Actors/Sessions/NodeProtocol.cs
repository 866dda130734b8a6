using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>What the session registries of the hosts say to each other.</summary>
public static class NodeProtocol
{
    public interface IMessage
    {
    }

    /// <summary>"I am called so." Answered by the same unless it is an answer.</summary>
    public sealed record Introduction(HostId Host, string NodeName, bool IsAnswer) : IMessage;

    /// <summary>The host leaves the cluster gracefully. Answered by <see cref="Draining"/> as it begins.</summary>
    public sealed record DrainNode(ulong Number) : IMessage;

    public sealed record Draining(ulong Number) : IMessage;

    internal static string ManifestOf(IMessage message) => message switch
    {
        Introduction => "ni",
        DrainNode => "nd",
        Draining => "ng",
        _ => throw new ArgumentException($"{message.GetType().Name} has no manifest", nameof(message)),
    };

    internal static byte[] Encode(IMessage message)
    {
        var to = new WireWriter();
        switch (message)
        {
            case Introduction introduction:
                to.Host(introduction.Host);
                to.Text(introduction.NodeName);
                to.Bool(introduction.IsAnswer);
                break;
            case DrainNode drain:
                to.U64(drain.Number);
                break;
            case Draining draining:
                to.U64(draining.Number);
                break;
        }

        return to.ToArray();
    }

    /// <exception cref="WireFormatException">Not such a message.</exception>
    internal static IMessage? Read(string manifest, ReadOnlyMemory<byte> bytes)
    {
        var from = new WireReader(bytes);
        IMessage? message = manifest switch
        {
            "ni" => new Introduction(from.Host(), from.Text(), from.Bool()),
            "nd" => new DrainNode(from.U64()),
            "ng" => new Draining(from.U64()),
            _ => null,
        };
        if (message is not null)
            from.End();
        return message;
    }
}
