using Akka.Actor;
using Akka.Persistence;

namespace Checkpoint.Actors.Views;

/// <summary>
/// One look at the journal of views, with at most one append; then it stops. A persistent actor reads only at its start and dies at a
/// lost race, so each look is an actor of its own and <see cref="ViewJournal"/> makes it.
/// <code>
///   recovering --RecoveryCompleted--> (nothing to append, or the number is taken) --> Looked, stop
///                                 `--> Persist --> Looked, stop
///                                          `--refused or failed--> Failed, stop
/// </code>
/// </summary>
internal sealed class ViewRows : ReceivePersistentActor
{
    /// <summary>Views that the journal keeps: a host that slept through more of them reads the newest, which is all it needs.</summary>
    public const int KeptMax = 32;

    public const string JournalId = "akka.persistence.journal.views";

    private readonly List<ViewRow> _rows = [];
    private readonly ViewRow? _append;

    public ViewRows(ViewRow? append)
    {
        _append = append;
        JournalPluginId = JournalId;
        Recover<ViewRow>(_rows.Add);
        Recover<RecoveryCompleted>(_ => OnRecovered());
        Command<DeleteMessagesSuccess>(_ => Context.Stop(Self));
        Command<DeleteMessagesFailure>(_ => Context.Stop(Self)); // Tidying only: the next append tries again.
    }

    /// <summary>Shared by all hosts, so that the journal's unique key (persistence id, sequence number) is the race.</summary>
    public override string PersistenceId => "checkpoint-views";

    public static Props Props(ViewRow? append) => Akka.Actor.Props.Create(() => new ViewRows(append));

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        Context.Parent.Tell(new Failed(cause.Message)); // Lost, or unknown: only the next look tells. The base class stops us.

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => Fail(cause.Message);

    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        Context.Parent.Tell(new Failed(reason.Message));

    private void OnRecovered()
    {
        if (_append is null || LastSequenceNr >= _append.Number)
            Finish();
        else if (LastSequenceNr < _append.Number - 1)
            Fail($"the journal ends at view {LastSequenceNr}, so {_append.Number} cannot follow: is it another journal than before?");
        else
            Persist(_append, OnPersisted);
    }

    private void OnPersisted(ViewRow row)
    {
        _rows.Add(row);
        Context.Parent.Tell(new Looked(_rows));
        if (row.Number > KeptMax && row.Number % KeptMax == 0)
            DeleteMessages(row.Number - KeptMax);
        else
            Context.Stop(Self);
    }

    private void Finish()
    {
        Context.Parent.Tell(new Looked(_rows));
        Context.Stop(Self);
    }

    private void Fail(string reason)
    {
        Context.Parent.Tell(new Failed(reason));
        Context.Stop(Self);
    }

    internal sealed record Looked(IReadOnlyList<ViewRow> Rows);

    internal sealed record Failed(string Reason);
}
