using System.Net.Sockets;
using Checkpoint.Protocol;

namespace WordCount.Demonstration;

/// <summary>
/// What an operator asks a host with <c>./checkpoint list</c>, <c>show</c> and <c>drain</c>, over the host's socket. It asks until it has the
/// answer: who calls sets the limit of time.
/// </summary>
public sealed class HostAdministration(TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(10);

    /// <returns>The <c>node-name</c> of the host that orders the counts, as the asked host's own agent knows it.</returns>
    public Task<string> OrdererAsync(string socket, CancellationToken cancel) =>
        AskAsync(socket, new SessionProtocol.ListCheckpoints(), OrdererIn, cancel);

    /// <summary>Ends when the counts and the lease are whole on so many hosts.</summary>
    public async Task UntilFullAsync(string socket, int hosts, CancellationToken cancel)
    {
        foreach (var name in new[] { CountStore.Name, Lease.Name })
            await AskAsync(socket, new SessionProtocol.ShowCheckpoint(name), answer => IsFull(answer, hosts), cancel);
    }

    /// <summary>Ends when the node has handed over what it orders, and has left.</summary>
    public Task DrainAsync(string socket, string node, CancellationToken cancel) =>
        AskAsync(socket, new SessionProtocol.Drain(node), HasLeft, cancel);

    private static string? OrdererIn(SessionProtocol.Answer answer) => answer.Body is SessionProtocol.CheckpointList list
        ? list.Rows.FirstOrDefault(row => row.Name.Equals(CountStore.Name) && row.Orderer.Length > 0)?.Orderer
        : null;

    private static string? IsFull(SessionProtocol.Answer answer, int hosts) =>
        answer.Body is SessionProtocol.CheckpointDetail detail && detail.Replicas.Count(replica => replica.IsFull) >= hosts ? "full" : null;

    /// <summary>NOT_EXIST: an attempt before, whose answer was lost.</summary>
    private static string? HasLeft(SessionProtocol.Answer answer) => answer.Status is AisStatus.Ok or AisStatus.NotExist ? "left" : null;

    /// <param name="read">Null is no answer yet.</param>
    private async Task<string> AskAsync(
        string socket, SessionProtocol.Command command, Func<SessionProtocol.Answer, string?> read, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                var hello = new SessionProtocol.Hello(SessionProtocol.Version, "demonstration", AisVersion.B11, Profile.Strict);
                await using var host = await GatewayConnection.ConnectAsync(socket, hello, clock, cancel);
                if (read(await host.SendAsync(command, AisTime.FromTimeSpan(Budget), cancel)) is { } answer)
                    return answer;
            }
            catch (Exception fault) when (fault is SocketException or IOException or GatewayClosedException or GatewayRefusedException)
            {
                // A host that stands still, leaves or comes.
            }

            await Task.Delay(Pause, clock, cancel);
        }
    }
}
