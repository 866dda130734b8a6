using Akka.Actor;
using Akka.DistributedData;
using Akka.Event;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Map;

/// <summary>
/// Puts the stable content of this host's agent into its DistributedData map.
/// <code>
///   PagesChanged, Dropped --gather by bucket--> flush timer --Update(WriteLocal)--> Replicator
///                                                  ^  at most N on their way            |
///                                                  `------------ UpdateSuccess ---------'
/// </code>
/// WriteLocal, because every host's agent writes the same stable content to its own Replicator; gossip repairs what then still differs.
/// Nobody waits for this actor: behind a slow Replicator it gathers, of each page the newest state only.
/// </summary>
public sealed class SectionMap : ReceiveActor
{
    private readonly IActorRef _replicator;
    private readonly BucketPool _pool;
    private readonly HeldIncarnations _held;
    private readonly SectionMapOptions _options;
    private readonly TimeProvider _clock;
    private readonly PendingBuckets _pending;
    private readonly HashSet<IncarnationId> _leftOut = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ITimer? _flushTimer;
    private long _partsLeftOut;

    public SectionMap(IActorRef replicator, BucketPool pool, SectionMapOptions options, TimeProvider clock)
    {
        _replicator = replicator;
        _pool = pool;
        _options = options;
        _clock = clock;
        _held = MapExtension.Get(Context.System).Held;
        _pending = new PendingBuckets(pool);
        Receive<SectionMapProtocol.PagesChanged>(OnPagesChanged);
        Receive<SectionMapProtocol.Dropped>(OnDropped);
        Receive<Flush>(OnFlush);
        Receive<UpdateSuccess>(OnUpdateSuccess);
        Receive<ModifyFailure>(failure => throw new InvalidOperationException($"{failure.Key.Id}: {failure.ErrorMessage}", failure.Cause));
        Receive<IUpdateFailure>(failure => throw new InvalidOperationException($"{failure.Key.Id} was not written: {failure.GetType().Name}"));
    }

    public static Props Props(IActorRef replicator, BucketPool pool, SectionMapOptions options, TimeProvider clock) =>
        Akka.Actor.Props.Create(() => new SectionMap(replicator, pool, options, clock));

    protected override void PostStop() => _flushTimer?.Dispose();

    private void OnPagesChanged(SectionMapProtocol.PagesChanged changed)
    {
        if (_leftOut.Contains(changed.Incarnation))
            return;
        try
        {
            if (_pending.Take(changed))
                _held.Add(changed.Incarnation); // Before its first part is written, or merge would drop it.
        }
        catch (Exception e)
        {
            // Half of its pages would be worse than none. The agent's table has them all; nobody is served from the map.
            _log.Error("{0} is left out of the section map from update {1} on: {2}: {3}", changed.Incarnation, changed.Sequence, e.GetType().Name, e.Message);
            OnDropped(new SectionMapProtocol.Dropped(changed.Incarnation));
            _leftOut.Add(changed.Incarnation);
        }

        ArmFlush();
    }

    private void OnDropped(SectionMapProtocol.Dropped dropped)
    {
        _leftOut.Remove(dropped.Incarnation);
        _held.Remove(dropped.Incarnation); // At once: gossip must not bring it back while the removal waits.
        _pending.Take(dropped);
        ArmFlush();
    }

    private void OnFlush(Flush flush)
    {
        _flushTimer?.Dispose();
        _flushTimer = null;
        _pending.Flush();
        SendUpdates();
        ArmFlush();
        WarnOfPartsLeftOut();
    }

    private void OnUpdateSuccess(UpdateSuccess success)
    {
        _pending.Written((int)success.Request!);
        SendUpdates();
    }

    private void SendUpdates()
    {
        while (_pending.InFlightCount < _options.UpdatesInFlightMax && _pending.TryTake(out var bucket, out var changes))
            _replicator.Tell(Dsl.Update(
                BucketKey.Of(_pool, bucket), Bucket.Empty(_held), WriteLocal.Instance, bucket, value => value.With(changes)));
    }

    /// <summary>Orderers keep this from happening; where they could not, the map lacks pages that the agents' tables have.</summary>
    private void WarnOfPartsLeftOut()
    {
        if (_held.PartsLeftOut == _partsLeftOut)
            return;
        _partsLeftOut = _held.PartsLeftOut;
        _log.Warning("{0} parts are left out of the section map: their bucket is at its limit of {1} bytes, or they could not be made", _partsLeftOut, MapLimits.BucketSizeMaxBytes);
    }

    private void ArmFlush()
    {
        if (_flushTimer is not null || _pending.DirtyCount == 0)
            return;
        var self = Self;
        _flushTimer = _clock.CreateTimer(
            _ => self.Tell(Flush.Instance), null, _options.FlushInterval, Timeout.InfiniteTimeSpan);
    }

    private sealed record Flush : INoSerializationVerificationNeeded
    {
        public static readonly Flush Instance = new();
    }
}
