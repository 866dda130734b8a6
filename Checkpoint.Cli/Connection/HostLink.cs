using System.Net.Sockets;
using System.Threading.Channels;

namespace Checkpoint.Cli.Connection;

/// <summary>
/// A command's connection to the host of this machine. All its requests together have the command's time; TRY_AGAIN (nothing was done,
/// transient) is asked again until that is over. Failures come out as <see cref="CliFailure"/>.
/// </summary>
public sealed class HostLink : IAsyncDisposable
{
    /// <summary>A host that listens but hangs must not make the next candidate wait long.</summary>
    private static readonly TimeSpan HandshakeMax = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(500);

    private readonly GatewayConnection _connection;
    private readonly SocketCandidate _socket;
    private readonly TimeProvider _clock;
    private readonly TimeBudget _budget;

    private HostLink(GatewayConnection connection, SocketCandidate socket, TimeBudget budget, TimeProvider clock) =>
        (_connection, _socket, _budget, _clock) = (connection, socket, budget, clock);

    /// <summary>Changed and Gap, in order; ends with the connection.</summary>
    public ChannelReader<SessionProtocol.IMessage> Pushes => _connection.Pushes;

    /// <summary>The <c>node-name</c> of the host that serves this link.</summary>
    public string HostName => _connection.Welcome.HostName;

    /// <summary>The path that was connected to.</summary>
    public string SocketPath => _socket.PathToUse;

    /// <exception cref="CliFailure">No candidate answers; the message names each and why.</exception>
    public static async Task<HostLink> ConnectAsync(
        IReadOnlyList<SocketCandidate> candidates, TimeBudget budget, TimeProvider clock, CancellationToken cancel)
    {
        using var spell = budget.Spend();
        var faults = new List<string>();
        var isForbidden = false;
        foreach (var candidate in candidates)
        {
            var most = TimeSpan.FromTicks(Math.Clamp(AisTime.ToTimeSpan(spell.Left).Ticks, TimeSpan.TicksPerMillisecond, HandshakeMax.Ticks));
            using var patience = new CancellationTokenSource(most, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
            try
            {
                // An operator meets checkpoints of every program: B.1 puts no form on names, B.2 opens only those that begin with safCkpt=.
                var hello = new SessionProtocol.Hello(SessionProtocol.Version, $"checkpoint-cli {Environment.ProcessId}", AisVersion.B11, Profile.Strict);
                var connection = await GatewayConnection.ConnectAsync(candidate.PathToUse, hello, clock, either.Token);
                return new HostLink(connection, candidate, budget, clock);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                faults.Add($"{candidate.Path} ({candidate.Source}): listens, but did not answer within {most.TotalSeconds:0.###} s");
            }
            catch (GatewayRefusedException refused)
            {
                var exitCode = refused.Status == AisStatus.Access ? ExitCode.NotPermitted : ExitCode.Unreachable;
                throw new CliFailure(exitCode, $"{candidate.Path}: the host refuses: {refused.Message}", StatusText.Advice(refused.Status), refused.Status);
            }
            catch (Exception fault) when (fault is SocketException or IOException or WireFormatException or ArgumentException)
            {
                isForbidden |= fault is SocketException { SocketErrorCode: SocketError.AccessDenied };
                faults.Add($"{candidate.Path} ({candidate.Source}): {Explain(candidate.Path, fault)}");
            }
        }

        if (isForbidden)
        {
            throw new CliFailure(
                ExitCode.NotPermitted,
                $"{Environment.UserName} may not use the host's socket: {string.Join("; ", faults)}",
                "call it as root, as the host's user, or as a member of the host's group ('ls -l' of the socket and of its directory shows both)");
        }

        throw new CliFailure(
            ExitCode.Unreachable,
            $"no host answers: {string.Join("; ", faults)}",
            "start hosts with './run.sh --keep', or name a running host's socket with --socket PATH or CHECKPOINT_SOCKET");
    }

    /// <summary>A command whose only good answer is Ok without a body.</summary>
    /// <exception cref="CliFailure">Refused, unknown, or the connection ended.</exception>
    public async Task CallAsync(SessionProtocol.Command command, CancellationToken cancel)
    {
        var answer = await AskAsync(command, cancel);
        if (answer.Status != AisStatus.Ok)
            throw CliFailure.Refused(answer.Status, answer.Reason);
    }

    /// <inheritdoc cref="CallAsync(SessionProtocol.Command, CancellationToken)"/>
    public async Task<T> CallAsync<T>(SessionProtocol.Command command, CancellationToken cancel)
        where T : SessionProtocol.Result => Expect<T>(await AskAsync(command, cancel));

    /// <exception cref="CliFailure">The answer is not Ok.</exception>
    public static T Expect<T>(SessionProtocol.Answer answer)
        where T : SessionProtocol.Result
    {
        if (answer.Status != AisStatus.Ok)
            throw CliFailure.Refused(answer.Status, answer.Reason);
        return answer.Body as T
            ?? throw new CliFailure(ExitCode.Unreachable, $"the host answered with {answer.Body?.GetType().Name ?? "nothing"} instead of {typeof(T).Name}", StatusText.Advice(AisStatus.Version));
    }

    /// <summary>For commands of which some refusals are expected. Never TRY_AGAIN before the deadline.</summary>
    /// <exception cref="CliFailure">The connection ended.</exception>
    public async Task<SessionProtocol.Answer> AskAsync(SessionProtocol.Command command, CancellationToken cancel)
    {
        using var spell = _budget.Spend();
        var pause = FirstPause;
        while (true)
        {
            var answer = await SendAsync(command, spell.Left, cancel);
            if (answer.Status != AisStatus.TryAgain || spell.Left <= AisTime.FromTimeSpan(pause))
                return answer;
            await Task.Delay(pause, _clock, cancel);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, PauseMax.Ticks));
        }
    }

    /// <summary>Gives the session credit for change events that were printed.</summary>
    /// <exception cref="CliFailure">The connection ended.</exception>
    public void Grant(ulong handle, int events)
    {
        try
        {
            _connection.Tell(new SessionProtocol.ChangeCredit(handle, events));
        }
        catch (GatewayClosedException closed)
        {
            throw Lost(closed);
        }
    }

    /// <summary>The failure to report when <see cref="Pushes"/> has ended.</summary>
    public async Task<CliFailure> WhyClosedAsync() => Lost(await _connection.Closed);

    /// <summary>Waits until nobody listens at this link's socket any more.</summary>
    /// <exception cref="CliFailure"><paramref name="lost"/>, when the deadline comes first.</exception>
    public async Task UntilGoneAsync(CliFailure lost, CancellationToken cancel)
    {
        using var spell = _budget.Spend();
        while (spell.Left > 0)
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await probe.ConnectAsync(new UnixDomainSocketEndPoint(_socket.PathToUse), cancel);
            }
            catch (SocketException)
            {
                return;
            }

            await Task.Delay(FirstPause, _clock, cancel);
        }

        throw lost;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<SessionProtocol.Answer> SendAsync(SessionProtocol.Command command, long budget, CancellationToken cancel)
    {
        try
        {
            return await _connection.SendAsync(command, Math.Max(budget, AisTime.NanosecondsPerMillisecond), cancel);
        }
        catch (GatewayClosedException closed)
        {
            throw Lost(closed);
        }
    }

    private CliFailure Lost(Exception? why)
    {
        var reason = why is null ? "" : $": {why.Message}";
        while (_connection.Pushes.TryRead(out var push))
        {
            if (push is SessionProtocol.Farewell farewell)
                reason = $": {farewell.Reason}";
        }

        return new CliFailure(
            ExitCode.Unreachable,
            $"the host at {_socket.Path} ended the connection{reason}; what was on its way may have been done",
            "another host of the cluster may still serve: 'checkpoint status --socket PATH'");
    }

    private static string Explain(string path, Exception fault) => fault switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "nobody listens (its host has ended)",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "permission denied: the socket is for its host's user and group",
        SocketException when !File.Exists(path) => "there is no such socket",
        _ => fault.Message,
    };
}
