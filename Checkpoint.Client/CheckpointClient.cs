using Akka.Actor;
using Checkpoint.Client.Connection;
using Checkpoint.Protocol;

namespace Checkpoint.Client;

/// <summary>
/// An application's way to the Checkpoint Service: one connection to one host of the cluster, which moves to another host by itself
/// when that one dies. Thread-safe. Every method may throw <see cref="CheckpointException"/> with TRY_AGAIN (it was certainly not done, and
/// may be tried again), TIMEOUT (it may have been done, once), NO_RESOURCES or NO_MEMORY (a limit, named in the reason), UNAVAILABLE
/// (the host serves nobody), and <see cref="OperationCanceledException"/> (what was sent may have been done).
/// </summary>
public sealed class CheckpointClient : IAsyncDisposable
{
    private readonly CheckpointClientOptions _options;
    private readonly ActorSystem _system;
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ConnectionChangedEventArgs _present = new(ConnectionStatus.Joining, "", "no host was asked yet");
    private int _isDisposed;

    private CheckpointClient(CheckpointClientOptions options)
    {
        _options = options;
        _system = options.ActorSystem ?? ClientSystem.Create(options);
        if (options.ActorSystem is not null)
            ClientSystem.Adopt(_system);
        var setup = new ConnectionSetup(
            new SessionProtocol.Hello(SessionProtocol.Version, options.ClientName, AisVersion.B22, Profile.Strict),
            [.. options.ContactPoints.Select(Receptionist)],
            new ConnectionTimes(AisTime.FromTimeSpan(options.JoinTimeout), AisTime.FromTimeSpan(options.SilenceMax)),
            options.WaitingCallsMax,
            options.AnswerBytesMax,
            options.Clock,
            OnConnectionChanged);
        Calls = new CallDoor(_system.ActorOf(ConnectionActor.Props(setup)), setup, options.CallTimeout);
    }

    /// <summary>
    /// The connection changed. Raised in order, on a thread of the client's own: a handler that waits holds up the connection.
    /// </summary>
    public event EventHandler<ConnectionChangedEventArgs>? ConnectionChanged;

    public ConnectionStatus Status => _present.Status;

    /// <summary>The <c>node-name</c> of the host that serves this client, or empty while it looks for one.</summary>
    public string HostName => _present.HostName;

    internal CallDoor Calls { get; }

    /// <summary>Joins the cluster and waits until a host serves.</summary>
    /// <exception cref="ArgumentException">The options are wrong (all faults in one message), or their Hocon makes no actor system.</exception>
    /// <exception cref="CheckpointException">
    /// TRY_AGAIN: no host served within <see cref="CheckpointClientOptions.ConnectTimeout"/>, or the own actor system ended (Akka ends it after a TLS
    /// handshake that failed); VERSION: the last host to refuse speaks no version of ours. The reason says what was heard last.
    /// </exception>
    public static async ValueTask<CheckpointClient> ConnectAsync(CheckpointClientOptions options, CancellationToken cancel = default)
    {
        var client = Create(options);
        try
        {
            await client._settled.Task.WaitAsync(options.ConnectTimeout, options.Clock, cancel).ConfigureAwait(false);
            if (client.Status == ConnectionStatus.Connected)
                return client;
        }
        catch (TimeoutException)
        {
            // Told below: by then the client is disposed of, and says so of itself.
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var ended = client.Status == ConnectionStatus.Closed ? client._present.Reason : null;
        var (status, why) = client.Calls.Trouble;
        await client.DisposeAsync().ConfigureAwait(false);
        throw new CheckpointException(
            status == AisStatus.Version ? status : AisStatus.TryAgain,
            $"none of {string.Join(", ", options.ContactPoints)} served within {options.ConnectTimeout}: {(ended is null ? why : $"{ended}; {why}")}");
    }

    /// <summary>Opens a checkpoint, and creates it when it does not exist and <paramref name="attributes"/> are given.</summary>
    /// <param name="name">Begins with <c>safCkpt=</c>, as B.2 wants it.</param>
    /// <param name="attributes">
    /// Null opens only what exists. Otherwise an existing checkpoint must have been created with equal attributes; the retention duration is not compared.
    /// </param>
    /// <exception cref="CheckpointException">NOT_EXIST, EXIST (other attributes), INVALID_PARAM.</exception>
    public async ValueTask<CheckpointHandle> OpenAsync(
        CheckpointName name,
        OpenFlags access = OpenFlags.Read | OpenFlags.Write,
        CreationAttributes? attributes = null,
        CancellationToken cancel = default)
    {
        var answer = await Calls.CallAsync(Open(name, access, attributes), cancel).ConfigureAwait(false);
        return Handle(name, answer);
    }

    /// <summary>As <see cref="OpenAsync"/> without creating: null when no checkpoint has this name.</summary>
    public async ValueTask<CheckpointHandle?> TryOpenAsync(
        CheckpointName name, OpenFlags access = OpenFlags.Read | OpenFlags.Write, CancellationToken cancel = default)
    {
        var answer = await Calls.TryCallAsync(Open(name, access, null), cancel).ConfigureAwait(false);
        return answer.Status == AisStatus.NotExist ? null : Handle(name, CallDoor.OkOrThrow(answer));
    }

    /// <summary>Takes the name away: it is free at once, and the checkpoint is deleted when its last handle is closed.</summary>
    /// <exception cref="CheckpointException">NOT_EXIST.</exception>
    public async ValueTask UnlinkAsync(CheckpointName name, CancellationToken cancel = default) =>
        await Calls.CallAsync(new SessionProtocol.Unlink(name), cancel).ConfigureAwait(false);

    /// <summary>Ends the connection; the service closes every handle that is still open. Calls in flight end in TIMEOUT.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Calls.Connection.Tell(new ConnectionProtocol.Close());
            await _closed.Task.ConfigureAwait(false);
            if (_options.ActorSystem is null)
                await _system.Terminate().ConfigureAwait(false);
        }
    }

    /// <summary>Begins to join, without waiting for it: calls wait inside their deadline.</summary>
    internal static CheckpointClient Create(CheckpointClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new CheckpointClient(options);
    }

    private static SessionProtocol.Open Open(CheckpointName name, OpenFlags access, CreationAttributes? attributes) =>
        new(name, attributes is null ? access : access | OpenFlags.Create, attributes);

    private CheckpointHandle Handle(CheckpointName name, SessionProtocol.Answer answer)
    {
        var opened = (SessionProtocol.Opened)answer.Body!;
        return new CheckpointHandle(this, opened.Handle, name, opened.Incarnation, opened.Attributes);
    }

    private ActorPath Receptionist(string contact)
    {
        var (host, port) = CheckpointClientOptions.ParseContact(contact)!.Value;
        var scheme = ((ExtendedActorSystem)_system).Provider.DefaultAddress.Protocol;
        return ActorPath.Parse($"{scheme}://{_options.ClusterName}@{host}:{port}/system/receptionist");
    }

    private void OnConnectionChanged(ConnectionChangedEventArgs changed)
    {
        _present = changed;
        if (changed.Status is ConnectionStatus.Connected or ConnectionStatus.Closed)
            _settled.TrySetResult();
        ConnectionChanged?.Invoke(this, changed);
        if (changed.Status == ConnectionStatus.Closed)
        {
            Calls.Close();
            _closed.TrySetResult();
        }
    }
}
