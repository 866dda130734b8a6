using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;
using Checkpoint.Transport.Connections;
using Checkpoint.Transport.Secrets;
using Checkpoint.Transport.Tls;

namespace Checkpoint.Transport;

/// <summary>
/// Akka.Remote over sockets, plain or with mutual TLS. Its frames and address schemes are those of Akka.NET's own TCP transport, so members
/// with either form one cluster. A connection that fails, in its handshake or later, costs that association, is told once a minute, and does
/// nothing else: no system is ended for it.
/// <code>
/// akka.remote {
///   enabled-transports = ["akka.remote.checkpoint-tcp"]
///   checkpoint-tcp.transport-class = "Checkpoint.Transport.SocketTransport, Checkpoint.Transport"
///   checkpoint-tcp.hostname = "127.0.0.1"
/// }
/// </code>
/// </summary>
public sealed class SocketTransport : Akka.Remote.Transport.Transport
{
    /// <summary>Akka makes its transports itself, wraps them in others and keeps them to itself.</summary>
    private static readonly ConditionalWeakTable<ActorSystem, SocketTransport> Running = [];

    private readonly SocketTransportOptions _options;
    private readonly ILoggingAdapter _logger;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly Security _security;
    private readonly OncePerMinute _lines;
    private readonly Handshakes _handshakes;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<IAssociationEventListener> _listenerPromise = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<SocketAssociation, Task> _associations = new(ReferenceEqualityComparer.Instance); // Akka's compare by address.
    private readonly Lock _starting = new();
    private Listener? _listener;
    private Address? _local;
    private bool _isDown;

    /// <summary>Akka finds and calls it by reflection, with exactly these types.</summary>
    /// <exception cref="ConfigurationException">Every fault of the section.</exception>
    /// <exception cref="TlsException">The certificates cannot be used.</exception>
    /// <exception cref="IOException">The file of the secret cannot be used.</exception>
    public SocketTransport(ActorSystem system, Config config)
    {
        (System, Config) = (system, config);
        _options = SocketTransportOptions.Of(config);
        _logger = Logging.GetLogger(system, this);
        _lines = new OncePerMinute(_clock);
        _handshakes = new Handshakes(_options.Connections.HandshakesMax, _options.Connections.HandshakeTimeout, _clock);
        Tls = _options.Tls is null ? null : new TlsSource(_options.Tls);
        _security = new Security(Tls, _options.SecretFile.Length == 0 ? null : SecretFile.ReadOrMake(_options.SecretFile), _options.Role);
        SchemeIdentifier = Tls is null ? "tcp" : "ssl.tcp";
        MaximumPayloadBytes = _options.Connections.FrameMaxBytes;
        Running.AddOrUpdate(system, this);
    }

    /// <summary>Null: plain. <see cref="TlsSource.Reload"/> has new connections use the files as they are then.</summary>
    public TlsSource? Tls { get; }

    /// <summary>That of a running system, or null when it has another.</summary>
    public static SocketTransport? Of(ActorSystem system) => Running.TryGetValue(system, out var transport) ? transport : null;

    public override bool IsResponsibleFor(Address remote) => true;

    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        var addresses = await ResolveAsync(_options.Hostname).ConfigureAwait(false);
        _listener = new Listener(new IPEndPoint(addresses[0], _options.Port), _clock);
        _local = new Address(SchemeIdentifier, System.Name, _options.PublicHostname, _options.PublicPort > 0 ? _options.PublicPort : _listener.Port);
        _ = ServeAsync(_listener, _local);
        return (_local, _listenerPromise);
    }

    /// <exception cref="InvalidAssociationException">Without an inner exception: Akka would log its whole stack at each attempt.</exception>
    public override async Task<AssociationHandle> Associate(Address remote)
    {
        if (_local is not { } local || remote.Host is not { } host || remote.Port is not { } port)
            throw new InvalidAssociationException($"{remote} is no address that can be connected to");
        using var limit = new CancellationTokenSource(_options.Connections.HandshakeTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host.Trim('[', ']'), port, either.Token).ConfigureAwait(false);
            var (stream, peer) = await _security.AsClientAsync(socket, host, either.Token).ConfigureAwait(false);
            return Begin(socket, stream, peer, local, remote) ?? throw new InvalidAssociationException("the transport is shutting down");
        }
        catch (Exception e) when (Fails(e))
        {
            socket.Dispose();
            var why = limit.IsCancellationRequested ? $"no connection within {_options.Connections.HandshakeTimeout.TotalSeconds:0.#} s" : Told(e);
            Say($"connecting to {host}:{port} failed: {why}");
            throw new InvalidAssociationException($"{host}:{port}: {why}");
        }
    }

    /// <summary>Sends what waits, ends every connection, and does not fail; also when it is called again.</summary>
    public override async Task<bool> Shutdown()
    {
        lock (_starting)
            _isDown = true;
        _listener?.Dispose();
        _listenerPromise.TrySetCanceled();
        await _stop.CancelAsync().ConfigureAwait(false);
        var running = _associations.ToArray();
        foreach (var (association, _) in running)
            association.Close();
        var all = Task.WhenAll(running.Select(one => one.Value));
        await Task.WhenAny(all, Task.Delay(_options.Connections.CloseTimeout, _clock)).ConfigureAwait(false);
        foreach (var (association, _) in running)
            association.Abort();
        await all.ConfigureAwait(false);
        return true;
    }

    private static async Task<IPAddress[]> ResolveAsync(string name)
    {
        if (IPAddress.TryParse(name.Trim('[', ']'), out var address))
            return [address];
        // As clients reach a name: by its first address.
        return await Dns.GetHostAddressesAsync(name).ConfigureAwait(false);
    }

    private async Task ServeAsync(Listener listener, Address local)
    {
        // Before that nobody takes an association; connections wait in the backlog.
        await ((Task)_listenerPromise.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_listenerPromise.Task.IsCompletedSuccessfully)
            return; // Shut down before it began.
        var akka = await _listenerPromise.Task.ConfigureAwait(false);
        await listener.AcceptAsync(
            socket => _ = TakeInAsync(socket, local, akka),
            e => Say($"a connection could not be accepted: {e.Message}")).ConfigureAwait(false);
    }

    private async Task TakeInAsync(Socket socket, Address local, IAssociationEventListener akka)
    {
        IPEndPoint? peer = null;
        try
        {
            peer = (IPEndPoint)socket.RemoteEndPoint!;
            socket.NoDelay = true;
            var (stream, role) = await _handshakes.RunAsync(stop => _security.AsServerAsync(socket, stop), _stop.Token).ConfigureAwait(false);
            // Provisional: Akka learns the other system's address from its first message.
            var remote = new Address(SchemeIdentifier, System.Name, peer.Address.ToString(), peer.Port);
            if (Begin(socket, stream, role, local, remote) is { } association)
                akka.Notify(new InboundAssociation(association));
        }
        catch (Exception e) when (Fails(e))
        {
            socket.Dispose();
            if (!_stop.IsCancellationRequested)
                Say($"a connection from {peer?.Address} was refused: {Told(e)}");
        }
    }

    /// <returns>Null, and all is closed, when the transport is shutting down.</returns>
    private SocketAssociation? Begin(Socket socket, Stream stream, Role? peer, Address local, Address remote)
    {
        var connection = new FrameConnection(socket, stream, _options.Connections, _clock);
        var association = new SocketAssociation(local, remote, connection, peer, _clock);
        lock (_starting)
        {
            if (_isDown)
            {
                connection.Dispose();
                return null;
            }

            _associations.TryAdd(association, RunAsync(association));
        }

        return association;
    }

    private async Task RunAsync(SocketAssociation association)
    {
        await Task.Yield(); // It is in the table before it can end.
        try
        {
            if (await association.RunAsync().ConfigureAwait(false) is { } why)
                Say($"the connection with {association.RemoteAddress} ended: {Told(why)}");
        }
        finally
        {
            lock (_starting)
                _associations.TryRemove(association, out _);
        }
    }

    private static bool Fails(Exception e) =>
        e is SocketException or IOException or AuthenticationException or OperationCanceledException or TimeoutException or ObjectDisposedException
            or InvalidOperationException or ArgumentException;

    /// <summary>TLS says what went wrong in the inner exception, and that there is one in the outer.</summary>
    private static string Told(Exception e) => e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message;

    private void Say(string line)
    {
        if (_lines.Take(line) is { } now)
            _logger.Warning(now);
    }
}
