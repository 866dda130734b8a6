using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Actors.Views;

/// <summary>
/// Akka's downing provider, named in <c>hocon/actors.conf</c>: downs what a serving view left out, and this host itself when it was left
/// out. It never decides by the failure detector, so that there is one decider: the journal of views.
/// </summary>
/// <remarks>Akka makes it by reflection with exactly these arguments.</remarks>
public sealed class ViewDowning(ActorSystem system, Cluster cluster) : IDowningProvider
{
    /// <summary>Leases were waited for before the view served; nothing more to wait for.</summary>
    public TimeSpan DownRemovalMargin => TimeSpan.Zero;

    public Props DowningActorProps
    {
        get
        {
            var strangerAfter = AgentOptions.From(system.Settings.Config.WithFallback(CheckpointReference.Defaults())).RemoveStrangerAfter;
            return Props.Create(() => new Downer(cluster, strangerAfter));
        }
    }

    private sealed class Downer : ReceiveActor, IWithTimers
    {
        private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);
        private readonly ILoggingAdapter _log = Context.GetLogger();
        private readonly Cluster _cluster;
        private readonly DowningRules _rules;
        private readonly HashSet<HostId> _said = [];

        public Downer(Cluster cluster, TimeSpan strangerAfter)
        {
            _cluster = cluster;
            _rules = new DowningRules(strangerAfter.Ticks);
            Receive<ViewAdopted>(adopted => _rules.Adopted(adopted.View));
            Receive<ViewServing>(OnServing);
            Receive<LeftOut>(OnLeftOut);
            Receive<Look>(_ => DownWhatIsDue());
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            Context.System.EventStream.Subscribe(Self, typeof(ViewAdopted));
            Context.System.EventStream.Subscribe(Self, typeof(ViewServing));
            Context.System.EventStream.Subscribe(Self, typeof(LeftOut));
            Timers.StartPeriodicTimer("look", Look.Instance, LookInterval);
        }

        private void OnServing(ViewServing serving)
        {
            _rules.Serving(serving.Hosts);
            DownWhatIsDue();
        }

        private void OnLeftOut(LeftOut leftOut)
        {
            if (CoordinatedShutdown.Get(Context.System).ShutdownReason is not null)
                return; // It leaves, and the view that follows is without it, as it asked.
            _log.Warning("View {0} left this host out: {1}. It leaves the cluster.", leftOut.ViewNumber, leftOut.Reason);
            _cluster.Down(_cluster.SelfAddress);
        }

        private void DownWhatIsDue()
        {
            var state = _cluster.State;
            var members = state.Members.Where(member => member.Status is not (MemberStatus.Down or MemberStatus.Removed)).ToList();
            var seen = members.Select(member => new MemberSeen(
                HostIds.Of(member.UniqueAddress),
                !state.Unreachable.Contains(member),
                member.Status is MemberStatus.Leaving or MemberStatus.Exiting)).ToList();
            var due = _rules.Due(seen, TimeProvider.System.GetElapsedTime(0).Ticks);

            // Down takes an address: only the member whose uid is the one left out is named, never its successor at the same address.
            foreach (var member in members.Where(member => due.Contains(HostIds.Of(member.UniqueAddress))))
            {
                if (_said.Add(HostIds.Of(member.UniqueAddress)))
                    _log.Info("Member {0} is in no serving view: downing it.", member.UniqueAddress);
                _cluster.Down(member.Address);
            }

            _said.RemoveWhere(host => seen.TrueForAll(member => member.Host != host));
        }

        private sealed record Look
        {
            public static readonly Look Instance = new();
        }
    }
}
