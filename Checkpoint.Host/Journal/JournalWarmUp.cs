using Akka.Actor;
using Akka.Persistence;

namespace Checkpoint.Host.Journal;

/// <summary>
/// Uses a journal plugin instance once: recovery, a write, and the deletion of earlier rows. The first use costs one to five
/// seconds (tables, compiled queries), which no client should wait for. Leaves one row for each host address.
/// </summary>
public static class JournalWarmUp
{
    /// <param name="address">This host's, so that no two live hosts write the same id.</param>
    /// <returns>Ends when the plugin has worked, or faults with what it said.</returns>
    public static Task RunAsync(ActorSystem system, string pluginId, string address)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Props.Create(() => new Writer($"warm-up-{pluginId}-{address}", pluginId, done)));
        return done.Task;
    }

    private sealed class Writer : ReceivePersistentActor
    {
        private readonly TaskCompletionSource _done;

        public Writer(string persistenceId, string pluginId, TaskCompletionSource done)
        {
            PersistenceId = persistenceId;
            JournalPluginId = pluginId;
            _done = done;
            Recover<byte[]>(_ => { });
            Recover<RecoveryCompleted>(_ => Persist(new byte[] { 1 }, _ => DeleteMessages(LastSequenceNr - 1)));
            Command<DeleteMessagesSuccess>(_ => Finish());
            Command<DeleteMessagesFailure>(failure => Fail(failure.Cause));
        }

        public override string PersistenceId { get; }

        protected override void OnRecoveryFailure(Exception reason, object? message = null) => _done.TrySetException(reason);

        protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _done.TrySetException(cause);

        protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => Fail(cause);

        protected override void PostStop() => _done.TrySetException(new InvalidOperationException($"{PersistenceId} stopped before it was done"));

        private void Finish()
        {
            _done.TrySetResult();
            Context.Stop(Self);
        }

        private void Fail(Exception cause)
        {
            _done.TrySetException(cause);
            Context.Stop(Self);
        }
    }
}
