using Akka.Actor;
using Akka.Persistence;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;
using Checkpoint.Tests.Actors.Checkpoints;
using static Checkpoint.Actors.Checkpoints.CheckpointEvents;

namespace Checkpoint.Tests.Journal;

/// <summary>Writes and deletes the rows of one name as its entity does, without all else that an entity needs.</summary>
public sealed class NameWriter : ReceivePersistentActor
{
    private readonly IActorRef _listener;
    private readonly List<string> _manifests = [];

    public NameWriter(string name, IActorRef listener)
    {
        PersistenceId = CheckpointEntityId.PersistenceIdOf($"n{name}");
        _listener = listener;
        var incarnation = Some.Incarnation(1);
        Deleted deleted = new(incarnation, DeletionReason.Unlinked);
        Recover<IEvent>(e => _manifests.Add(CheckpointEventCodec.ManifestOf(e)));
        Recover<RecoveryCompleted>(_ => _listener.Tell(new Recovered(string.Join(' ', _manifests), LastSequenceNr)));
        Command<Come>(_ => Write([Started(), Made()], keepsLast: null));
        Command<Go>(_ => Write([new Unlinked(incarnation), deleted], keepsLast: false));
        Command<ComeAndGo>(_ => Write([Started(), Made(), new Unlinked(incarnation), deleted], keepsLast: false));
        Command<Shorten>(_ => Write([Started(), Made(), new Kept(Some.Name, LastSequenceNr + 1, [])], keepsLast: true));
        Command<DeleteMessagesSuccess>(_ => _listener.Tell(new Done()));

        TermStarted Started() => new(Some.Name, LastSequenceNr + 1);
        Created Made() => new(incarnation, Some.Attributes, 1);
    }

    public override string PersistenceId { get; }

    public static Props Props(string name, IActorRef listener) => Akka.Actor.Props.Create(() => new NameWriter(name, listener));

    /// <param name="keepsLast">Null: no row is deleted.</param>
    private void Write(IReadOnlyList<IEvent> events, bool? keepsLast)
    {
        var left = events.Count;
        PersistAll(events, _ =>
        {
            if (--left > 0)
                return;
            if (keepsLast is { } last)
                DeleteMessages(last ? LastSequenceNr - 1 : LastSequenceNr);
            else
                _listener.Tell(new Done());
        });
    }

    /// <summary>The name has a checkpoint now.</summary>
    public sealed record Come
    {
        public static readonly Come Instance = new();
    }

    /// <summary>It has none any more, and its rows shrink to one.</summary>
    public sealed record Go
    {
        public static readonly Go Instance = new();
    }

    public sealed record ComeAndGo
    {
        public static readonly ComeAndGo Instance = new();
    }

    /// <summary>It has one, and its rows are written as one.</summary>
    public sealed record Shorten
    {
        public static readonly Shorten Instance = new();
    }

    public sealed record Done;

    public sealed record Recovered(string Manifests, long LastSequenceNr);
}
