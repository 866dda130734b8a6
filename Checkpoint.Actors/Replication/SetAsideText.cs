using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>What logs and callers are told of content that could not be worked on: one line, bounded, and no byte of a section.</summary>
internal static class SetAsideText
{
    private const int MessageMax = 300;

    public static string Of(Exception e) => $"{e.GetType().Name}: {OneLine(e.Message)}";

    public static string OneLine(string text)
    {
        var line = text.Length > MessageMax ? text[..MessageMax] + "..." : text;
        return string.Create(line.Length, line, static (to, from) =>
        {
            for (var index = 0; index < to.Length; index++)
                to[index] = char.IsControl(from[index]) ? ' ' : from[index];
        });
    }

    public static ContentResult Result(Replica replica) => new(AisStatus.Library, Reason(replica));

    public static string Reason(Replica replica) =>
        $"{replica.Name} is set aside at update {replica.SetAsideAt}, which could not be applied; close and unlink work, and the name can be created anew";
}
