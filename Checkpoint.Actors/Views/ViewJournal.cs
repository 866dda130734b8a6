using Akka.Actor;
using static Checkpoint.Actors.Views.ViewJournalProtocol;

namespace Checkpoint.Actors.Views;

/// <summary>
/// The one door to the journal of views. One look at a time; a lost race and a failed write are told apart by looking again, never
/// by the error: a write that timed out may have been done.
/// <code>
///   Idle --Read/Append--> Looking --Looked--> answer, Idle
///                            |--Failed (append)--> look again without appending, at most LooksMax
///                            `--Failed (read), or the timeout--> Away, Idle
/// </code>
/// </summary>
public sealed class ViewJournal : ReceiveActor, IWithTimers
{
    private const int WaitingMax = 16;
    private const int LooksMax = 3;

    private readonly TimeSpan _lookTimeout;
    private readonly Queue<(object Command, IActorRef Asker)> _waiting = new();
    private (object Command, IActorRef Asker)? _current;
    private IActorRef _look = ActorRefs.Nobody;
    private int _looks;
    private string _failure = "";

    /// <param name="lookTimeout">How long one recovery and one write may take before the journal counts as away.</param>
    public ViewJournal(TimeSpan lookTimeout)
    {
        _lookTimeout = lookTimeout;
        Receive<Read>(Take);
        Receive<Append>(Take);
        Receive<ViewRows.Looked>(OnLooked, _ => Sender.Equals(_look));
        Receive<ViewRows.Failed>(OnFailed, _ => Sender.Equals(_look));
        Receive<LookTimedOut>(timedOut => OnFailed($"no answer within {_lookTimeout}", lookAgain: false), timedOut => timedOut.Look.Equals(_look));
        Receive<Terminated>(_ => OnFailed("the look stopped without a word", lookAgain: true), stopped => stopped.ActorRef.Equals(_look));
        ReceiveAny(_ => { }); // A word of a look that was given up.
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(TimeSpan lookTimeout) => Akka.Actor.Props.Create(() => new ViewJournal(lookTimeout));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Take(object command)
    {
        if (_waiting.Count >= WaitingMax)
        {
            Sender.Tell(new Away(NumberOf(command), $"{_waiting.Count} requests already wait for the journal"));
            return;
        }

        _waiting.Enqueue((command, Sender));
        if (_current is null)
            Next();
    }

    private void Next()
    {
        _current = _waiting.TryDequeue(out var next) ? next : null;
        (_looks, _failure) = (0, "");
        if (_current is { } current)
            Look((current.Command as Append)?.Row);
    }

    private void Look(ViewRow? append)
    {
        _looks++;
        _look = Context.Watch(Context.ActorOf(ViewRows.Props(append)));
        Timers.StartSingleTimer("look", new LookTimedOut(_look), _lookTimeout);
    }

    private void OnLooked(ViewRows.Looked looked)
    {
        if (_current!.Value.Command is not Append append)
        {
            Answer(new Rows(looked.Rows));
            return;
        }

        var number = append.Row.Number;
        var there = looked.Rows.FirstOrDefault(row => row.Number == number);
        if (there is null && (looked.Rows.Count == 0 || looked.Rows[^1].Number < number))
            Answer(new Away(number, $"the journal does not have it (yet): {_failure}"));
        else
            Answer(new Appended(number, there is not null && there.IsSameAs(append.Row), there, looked.Rows));
    }

    private void OnFailed(ViewRows.Failed failed) => OnFailed(failed.Reason, lookAgain: true);

    private void OnFailed(string reason, bool lookAgain)
    {
        _failure = reason;
        if (_current!.Value.Command is Append && lookAgain && _looks < LooksMax)
        {
            Look(append: null);
            return;
        }

        Context.Stop(_look);
        Answer(new Away(NumberOf(_current.Value.Command), reason));
    }

    private void Answer(object reply)
    {
        Timers.Cancel("look");
        _look = ActorRefs.Nobody;
        _current!.Value.Asker.Tell(reply);
        Next();
    }

    private static long NumberOf(object command) => (command as Append)?.Row.Number ?? 0;

    private sealed record LookTimedOut(IActorRef Look);
}
