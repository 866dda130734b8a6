using Akka.Event;

namespace Checkpoint.Host.Gateway;

/// <summary>Says why a peer was cut off, once a peer and minute: who connects and sends rubbish in a loop does not fill the log.</summary>
internal sealed class PeerLog(ILoggingAdapter log, TimeProvider clock)
{
    private const int PeersMax = 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerIdentity, long> _told = [];

    public void CutOff(PeerIdentity peer, string why)
    {
        lock (_gate)
        {
            if (_told.TryGetValue(peer, out var at) && clock.GetElapsedTime(at) < Interval)
                return;
            if (_told.Count >= PeersMax)
                _told.Clear();
            _told[peer] = clock.GetTimestamp();
        }

        log.Warning("Client {0} on the local socket was cut off: {1}", peer, why);
    }
}
