using Akka.Actor;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// An actor's timers on the node's clock: each due one is a message to the actor. One timer a key; setting it again replaces it.
/// A message may already be in the mailbox when its timer is replaced, so handlers check what they find.
/// </summary>
internal sealed class ClockTimers(TimeProvider clock, IActorRef self) : IDisposable
{
    /// <summary>Timers take at most 49 days; a later one wakes its actor once a day, which then sets it again.</summary>
    private static readonly TimeSpan DueMax = TimeSpan.FromDays(1);

    private readonly Dictionary<object, ITimer> _timers = [];

    public void Set(object message, TimeSpan due)
    {
        Cancel(message);
        var bounded = due < TimeSpan.Zero ? TimeSpan.Zero : due > DueMax ? DueMax : due;
        _timers[message] = clock.CreateTimer(_ => self.Tell(message, ActorRefs.NoSender), null, bounded, Timeout.InfiniteTimeSpan);
    }

    public bool IsSet(object message) => _timers.ContainsKey(message);

    public void Cancel(object message)
    {
        if (_timers.Remove(message, out var timer))
            timer.Dispose();
    }

    public void Dispose()
    {
        foreach (var timer in _timers.Values)
            timer.Dispose();
        _timers.Clear();
    }
}
