using Akka.Actor;
using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Views;

namespace Checkpoint.Tests.Cluster;

/// <summary>Everything that a host published on its EventStream, kept in order, so that a test can wait for what may already have been.</summary>
public sealed class TestEvents
{
    private readonly Lock _gate = new();
    private readonly List<object> _seen = [];
    private readonly List<(Func<object, bool> Fits, TaskCompletionSource<object> Waits)> _waiting = [];

    public static TestEvents Of(ActorSystem system)
    {
        var events = new TestEvents();
        var collector = system.ActorOf(Props.Create(() => new Collector(events)));
        foreach (var type in new[]
                 {
                     typeof(ReplicaAgentProtocol.ViewServing), typeof(ReplicaAgentProtocol.LeftOut), typeof(ReplicaAgentProtocol.Ordering),
                     typeof(ViewAdopted),
                 })
            system.EventStream.Subscribe(collector, type);
        return events;
    }

    /// <summary>The newest event of this type that fits, or else the first one to come.</summary>
    /// <param name="what">What is waited for, for the message of a timeout.</param>
    public async Task<T> OfAsync<T>(string what, Func<T, bool>? fits = null)
    {
        TaskCompletionSource<object> waits;
        lock (_gate)
        {
            bool Fits(object seen) => seen is T wanted && (fits is null || fits(wanted));
            if (_seen.FindLast(seen => seen is T) is { } last && Fits(last))
                return (T)last;
            waits = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((Fits, waits));
        }

        try
        {
            return (T)await waits.Task.WaitAsync(TestCluster.Patience);
        }
        catch (TimeoutException)
        {
            lock (_gate)
                throw new TimeoutException($"{what}: not within {TestCluster.Patience}. Seen: {string.Join("; ", _seen.Select(Text))}");
        }
    }

    private void Add(object message)
    {
        lock (_gate)
        {
            _seen.Add(message);
            foreach (var (_, waits) in _waiting.Where(waiting => waiting.Fits(message)))
                waits.TrySetResult(message);
            _waiting.RemoveAll(waiting => waiting.Waits.Task.IsCompleted);
        }
    }

    private static string Text(object seen) => seen switch
    {
        ReplicaAgentProtocol.ViewServing serving => $"serving {serving.ViewNumber} [{string.Join(", ", serving.Hosts)}]",
        ViewAdopted adopted => $"adopted {adopted.View}",
        _ => seen.ToString()!,
    };

    private sealed class Collector : UntypedActor
    {
        private readonly TestEvents _events;

        public Collector(TestEvents events) => _events = events;

        protected override void OnReceive(object message) => _events.Add(message);
    }
}
