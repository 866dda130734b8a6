using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Processes;

/// <summary>A program on the local socket of a real host, as specs about limits need it.</summary>
internal sealed class SocketClient : IAsyncDisposable
{
    private readonly GatewayConnection _connection;

    private SocketClient(GatewayConnection connection) => _connection = connection;

    /// <exception cref="GatewayRefusedException">The host does not take it.</exception>
    public static async Task<SocketClient> ConnectAsync(HostCluster cluster, int host = 0) => new(await GatewayConnection.ConnectAsync(
        cluster.SocketPath(host), new Hello(SessionProtocol.Version, "limits", AisVersion.B22, Profile.OpenSaf), TimeProvider.System, CancellationToken.None));

    /// <param name="seconds">That it may take.</param>
    public Task<Answer> AskAsync(Command command, int seconds = 20) =>
        _connection.SendAsync(command, AisTime.FromTimeSpan(TimeSpan.FromSeconds(seconds)), CancellationToken.None);

    public async Task<Answer> OkAsync(Command command)
    {
        var answer = await AskAsync(command);
        Assert.True(answer.Status == AisStatus.Ok, $"{command}: {answer.Status} {answer.Reason}");
        return answer;
    }

    /// <summary>Opens to read and write, creating it where it is new.</summary>
    public async Task<ulong> OpenAsync(CheckpointName name, CreationFlags flags = CreationFlags.WriteAllReplicas) => Assert.IsType<Opened>((await OkAsync(new Open(
        name, OpenFlags.Create | OpenFlags.Read | OpenFlags.Write, Attributes(flags, maxSections: 100_000, maxSectionSize: 64 << 20)))).Body).Handle;

    public async Task<int> ReadLengthAsync(ulong handle, int section) => Assert.IsType<Data>((await OkAsync(Reading(handle, section))).Body).Buffers[0].Length;

    /// <summary>A round of everyday calls on a new name, each of which succeeds.</summary>
    public async Task ServedAsync(CheckpointName name)
    {
        var handle = await OpenAsync(name);
        await OkAsync(new Change(handle, new ContentOp.CreateSection(Section(1), AisTime.End, new byte[100])));
        Assert.Equal(100, await ReadLengthAsync(handle, 1));
        await OkAsync(new Close(handle));
    }

    public static Read Reading(ulong handle, int section) => new(handle, [new ReadElement(Section(section), 0, ReadElement.Whole)]);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
