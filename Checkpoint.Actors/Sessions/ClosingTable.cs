using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// Opens that have to be taken back although nobody waits for it: those of a client that died, and opens that were given up. Each
/// is told to its entity until the entity has it in the journal; only then is it forgotten.
/// </summary>
internal sealed class ClosingTable
{
    /// <summary>Closes on their way at a time, so that the death of a client with ten thousand handles drowns nobody.</summary>
    private const int InFlightMax = 64;

    private static readonly long Patience = 5 * AisTime.NanosecondsPerSecond;

    private readonly Queue<Closing> _waiting = new();
    private readonly Dictionary<ulong, Closing> _asked = [];
    private readonly List<Closing> _later = [];

    public bool IsEmpty => _waiting.Count == 0 && _asked.Count == 0 && _later.Count == 0;

    /// <param name="incarnation">The default value for an open in flight: the entity closes the opener wherever it is.</param>
    public void Add(CheckpointName name, IncarnationId incarnation, CheckpointProtocol.Opener opener) =>
        _waiting.Enqueue(new Closing(name, incarnation, opener));

    /// <summary>Asks what may be asked now.</summary>
    public void Proceed(Func<ulong> number, SessionNow now, List<SessionEffect> effects)
    {
        foreach (var (asked, closing) in _asked.Where(entry => entry.Value.At <= now.Monotonic).ToList())
        {
            _asked.Remove(asked);
            _waiting.Enqueue(closing);
        }

        foreach (var closing in _later.Where(closing => closing.At <= now.Monotonic))
            _waiting.Enqueue(closing);
        _later.RemoveAll(closing => closing.At <= now.Monotonic);

        while (_asked.Count < InFlightMax && _waiting.TryDequeue(out var next))
        {
            var id = number();
            _asked.Add(id, next with { At = now.After(Patience + AisTime.NanosecondsPerSecond) });
            effects.Add(new SessionEffect.ToEntity(
                new CheckpointProtocol.Close(next.Name, id, now.WallOf(now.After(Patience)), next.Incarnation, next.Opener)));
        }
    }

    /// <returns>False when the reply is to no close of this table.</returns>
    public bool Answered(CheckpointProtocol.IReply reply, SessionNow now)
    {
        if (!_asked.Remove(reply.Number, out var closing))
            return false;
        if (reply.Status is AisStatus.TryAgain or AisStatus.Timeout or AisStatus.Unavailable)
            _later.Add(closing with { At = now.After(10 * Backoff.After(closing.Attempts)), Attempts = closing.Attempts + 1 });
        return true;
    }

    private sealed record Closing(CheckpointName Name, IncarnationId Incarnation, CheckpointProtocol.Opener Opener)
    {
        public long At { get; init; }

        public int Attempts { get; init; }
    }
}
