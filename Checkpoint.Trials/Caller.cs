using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace Checkpoint.Trials;

/// <summary>A client of one host, over its local socket.</summary>
public sealed class Caller : ICaller
{
    internal static readonly CreationAttributes Attributes = new(
        CreationFlags.WriteAllReplicas, 1024, AisTime.FromTimeSpan(TimeSpan.FromMinutes(10)), 4, 256, 16);

    internal static readonly CreationAttributes OtherAttributes = Attributes with { MaxSections = 5 };

    private readonly GatewayConnection _connection;
    private readonly string _host;
    private readonly ConcurrentDictionary<string, ulong> _handles = new();

    private Caller(GatewayConnection connection, string host) => (_connection, _host) = (connection, host);

    /// <exception cref="TrialException">The host does not take clients.</exception>
    public static async Task<Caller> ConnectAsync(TrialHost host, CancellationToken cancel)
    {
        try
        {
            var hello = new SessionProtocol.Hello(SessionProtocol.Version, "trial", AisVersion.B22, Profile.Strict);
            return new Caller(await GatewayConnection.ConnectAsync(host.Socket, hello, TimeProvider.System, cancel), host.Name);
        }
        catch (Exception fault) when (fault is SocketException or IOException or GatewayRefusedException or WireFormatException)
        {
            throw new TrialException($"{host.Name} takes no client: {fault.Message}");
        }
    }

    public async Task<CallRecord> CallAsync(CallKind kind, string name, Stopwatch sinceKill, CancellationToken cancel)
    {
        var offset = sinceKill.Elapsed;
        var answer = await AnswerAsync(CommandOf(kind, name), cancel);
        if (answer.Body is SessionProtocol.Opened opened)
            _handles[name] = opened.Handle;
        return new CallRecord(name, _host, kind, offset, sinceKill.Elapsed - offset, answer.Status, answer.Reason, IncarnationOf(answer.Body));
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static IncarnationId? IncarnationOf(SessionProtocol.Result? body) => body switch
    {
        SessionProtocol.Opened opened => opened.Incarnation,
        SessionProtocol.CheckpointDetail shown => shown.Incarnation,
        _ => null,
    };

    private SessionProtocol.Command CommandOf(CallKind kind, string text)
    {
        var name = new CheckpointName(text);
        return kind switch
        {
            CallKind.Create => new SessionProtocol.Open(name, OpenFlags.Create | OpenFlags.Read | OpenFlags.Write, Attributes),
            CallKind.CreateOther => new SessionProtocol.Open(name, OpenFlags.Create | OpenFlags.Read | OpenFlags.Write, OtherAttributes),
            CallKind.Open => new SessionProtocol.Open(name, OpenFlags.Read, null),
            CallKind.Show => new SessionProtocol.ShowCheckpoint(name),
            CallKind.Retain => new SessionProtocol.SetRetention(_handles[text], AisTime.FromTimeSpan(TimeSpan.FromMinutes(20))),
            CallKind.Close => new SessionProtocol.Close(_handles[text]),
            _ => new SessionProtocol.Unlink(name),
        };
    }

    private async Task<SessionProtocol.Answer> AnswerAsync(SessionProtocol.Command command, CancellationToken cancel)
    {
        try
        {
            return await _connection.SendAsync(command, AisTime.FromTimeSpan(TrialOptions.Budget), cancel);
        }
        catch (GatewayClosedException closed)
        {
            return new SessionProtocol.Answer(0, AisStatus.Unavailable, $"the host ended the connection: {closed.Message}");
        }
    }
}
