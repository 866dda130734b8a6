using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;

namespace Checkpoint.Host.Gateway;

/// <summary>
/// The Unix socket for the programs of this machine. One thread accepts and hears Hellos; a client that has said Hello gets a Session and a
/// reading thread of its own (<see cref="GatewayClient"/>).
/// <code>
///   accepted --peer may not--> closed
///      `--> stranger --Hello--> client            (at most clients-max, else Farewell)
///               `-- rubbish, handshake-timeout, pushed out by newer strangers --> closed
/// </code>
/// </summary>
public sealed class GatewayServer : IDisposable
{
    private const string Forbidden = "neither of the host's user nor of its group";

    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly GatewayOptions _options;
    private readonly SessionOptions _limits;
    private readonly IActorRef _sessions;
    private readonly MachineGate? _machine;
    private readonly TimeProvider _clock;
    private readonly PeerLog _peers;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly LinkedList<Stranger> _strangers = new();
    private readonly Lock _gate = new();
    private readonly HashSet<GatewayClient> _clients = [];
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stopping = new();
    private readonly ProcessWatch _processes = new();
    private readonly SpareDescriptor _spare = new();

    private GatewayServer(
        GatewayOptions options, SessionOptions limits, IActorRef sessions, MachineGate? machine, TimeProvider clock, ILoggingAdapter log)
    {
        (_options, _limits, _sessions, _machine, _clock) = (options, limits, sessions, machine, clock);
        _peers = new PeerLog(log, clock);
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "gateway" };
    }

    /// <summary>Listens. Clients get their Session from <paramref name="sessions"/>, the SessionRegistry.</summary>
    /// <param name="limits">What one client may have on its way; its Session answers above it, the gateway stops reading.</param>
    /// <param name="machine">What the host holds, read and written without an actor where the host alone decides; null: Sessions answer everything.</param>
    /// <exception cref="IOException">The directory or the socket cannot be made.</exception>
    /// <exception cref="SocketException">The socket cannot be bound.</exception>
    public static GatewayServer Start(
        GatewayOptions options, SessionOptions limits, IActorRef sessions, MachineGate? machine, TimeProvider clock, ILoggingAdapter log)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("the local socket needs the modes and credentials of Unix");
        var server = new GatewayServer(options, limits, sessions, machine, clock, log);
        var directory = Path.GetDirectoryName(options.SocketPath)!;
        if (!Directory.Exists(directory))
            Directory.CreateDirectory(directory, DirectoryMode);
        File.Delete(options.SocketPath); // Of a run that was killed; the data directory's lock keeps living ones apart.
        server._listener.Bind(new UnixDomainSocketEndPoint(options.SocketPath));
        File.SetUnixFileMode(options.SocketPath, SocketMode);
        server._listener.Listen(512);
        server._thread.Start();
        return server;
    }

    public int ClientCount
    {
        get
        {
            lock (_gate)
                return _clients.Count;
        }
    }

    /// <summary>No new clients; those that are there are cut off.</summary>
    public void Dispose()
    {
        if (_stopping.IsSet)
            return;
        _stopping.Set();
        _thread.Join();
        _listener.Dispose();
        File.Delete(_options.SocketPath);
        List<GatewayClient> clients;
        lock (_gate)
            clients = [.. _clients];
        foreach (var client in clients)
            client.End("the host ends");
        _processes.Dispose();
        _spare.Dispose();
    }

    /// <inheritdoc cref="ProcessWatch.Watch"/>
    internal IDisposable? WatchProcess(PeerIdentity peer, Action ended) => _processes.Watch(peer.Pid, ended);

    internal void Ended(GatewayClient client, PeerIdentity peer, string? fault)
    {
        lock (_gate)
            _clients.Remove(client);
        if (fault is not null)
            _peers.CutOff(peer, fault);
    }

    private void Run()
    {
        List<Socket> ready = [];
        while (!_stopping.IsSet)
        {
            ready.Clear();
            ready.Add(_listener);
            foreach (var stranger in _strangers)
                ready.Add(stranger.Socket);
            try
            {
                Socket.Select(ready, null, null, LookInterval);
                if (ready.Contains(_listener))
                    Accept();
            }
            catch (SocketException e)
            {
                // Out of file descriptors, or a connection that was gone before it was accepted.
                _peers.CutOff(default, $"it could not be accepted: {e.Message}");
                if (!_spare.Refuse(_listener, "this host has no descriptor left for another client"))
                    _stopping.Wait(LookInterval);
            }

            HearStrangers(ready);
        }

        foreach (var stranger in _strangers)
            stranger.Socket.Dispose();
    }

    private void Accept()
    {
        var socket = _listener.Accept();
        try
        {
            var peer = PeerIdentity.Of(socket);
            var mayConnect = peer.MayConnect(socket);
            if (!mayConnect)
            {
                _peers.CutOff(peer, Forbidden);
                TurnAway(socket);
            }

            _strangers.AddLast(new Stranger(socket, peer, _clock.GetTimestamp()) { IsTurnedAway = !mayConnect });
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            socket.Dispose(); // Gone already.
        }
    }

    /// <summary>
    /// Says why, so that it does not try for ever. A new connection's buffer takes these few bytes at once. The connection stays until its Hello has
    /// been read: a peer whose Hello finds it closed hears no more of what was said.
    /// </summary>
    private static void TurnAway(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: false);
        stream.Write(GatewayFrame.Preamble(SessionProtocol.Version));
        new FrameWriter(stream).Write(new SessionProtocol.Farewell(AisStatus.Access, Forbidden));
    }

    private void HearStrangers(List<Socket> ready)
    {
        var heard = ready.ToHashSet();
        for (var node = _strangers.First; node is not null;)
        {
            var (stranger, next) = (node.Value, node.Next);
            if (heard.Contains(stranger.Socket) ? !Hear(stranger) : IsTooLate(stranger))
                _strangers.Remove(node);
            node = next;
        }
    }

    /// <returns>False when it is a stranger no longer.</returns>
    private bool Hear(Stranger stranger)
    {
        try
        {
            if (stranger.Receive() is not { } hello)
                return !IsTooLate(stranger);
            if (stranger.IsTurnedAway)
                stranger.Socket.Dispose();
            else
                Greet(stranger, hello);
            return false;
        }
        catch (Exception e) when (e is WireFormatException or SocketException)
        {
            CutOff(stranger, e.Message);
            return false;
        }
    }

    private bool IsTooLate(Stranger stranger)
    {
        var isPushedOut = _strangers.Count > GatewayOptions.StrangersMax && _strangers.First!.Value == stranger;
        if (!isPushedOut && _clock.GetElapsedTime(stranger.Since) < _options.HandshakeTimeout)
            return false;
        CutOff(stranger, isPushedOut ? $"more than {GatewayOptions.StrangersMax} connections without a Hello" : $"no Hello within {_options.HandshakeTimeout}");
        return true;
    }

    private void CutOff(Stranger stranger, string why)
    {
        _peers.CutOff(stranger.Peer, why);
        stranger.Socket.Dispose();
    }

    private void Greet(Stranger stranger, SessionProtocol.Hello hello)
    {
        stranger.Socket.Send(GatewayFrame.Preamble(SessionProtocol.Version));
        var client = new GatewayClient(this, stranger, _limits, _machine, _clock);
        int count;
        lock (_gate)
        {
            count = _clients.Count;
            if (count < _options.ClientsMax)
                _clients.Add(client);
        }

        if (count < _options.ClientsMax)
        {
            _sessions.Tell(new SessionRegistry.StartLocal(hello with { Profile = _options.ProfileFor(hello.Profile) }, client));
            return;
        }

        client.Send(new SessionProtocol.Farewell(
            AisStatus.NoResources, $"{count} clients on the local socket, at most checkpoint.gateway.clients-max {_options.ClientsMax}"));
        client.Close();
    }
}
