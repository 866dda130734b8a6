using System.Text;
using Akka.Actor;
using Akka.Persistence;

namespace Checkpoint.Tests.Journal;

/// <summary>A persistent actor that says what becomes of each event; a write that fails is told before the actor stops.</summary>
public sealed class Writer : ReceivePersistentActor
{
    private readonly IActorRef _listener;
    private readonly List<string> _events = [];

    public Writer(string persistenceId, string plugin, IActorRef listener)
    {
        PersistenceId = persistenceId;
        JournalPluginId = plugin;
        _listener = listener;
        Recover<byte[]>(bytes => _events.Add(Encoding.UTF8.GetString(bytes)));
        Recover<RecoveryCompleted>(_ => _listener.Tell(new Recovered(string.Join(' ', _events))));
        Command<string>(text => Persist(Encoding.UTF8.GetBytes(text), _ => _listener.Tell(new Persisted(text))));
    }

    public override string PersistenceId { get; }

    public static Props Props(string persistenceId, string plugin, IActorRef listener) =>
        Akka.Actor.Props.Create(() => new Writer(persistenceId, plugin, listener));

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        _listener.Tell(new Failed(Encoding.UTF8.GetString((byte[])@event), cause));

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => OnPersistFailure(cause, @event, sequenceNr);

    public sealed record Recovered(string Events);

    public sealed record Persisted(string Text);

    public sealed record Failed(string Text, Exception Cause);
}
