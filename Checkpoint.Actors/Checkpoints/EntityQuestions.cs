using Checkpoint.Protocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// What this host's askers want to know of entities. A question is sent again, on the same number, until it is answered or its deadline has
/// passed: what was sent to a host that died is lost, and nobody else would ask. Pure; times are given.
/// <code>
///   asked --Interval, or a new view--> sent again ... --answer--> given to the asker
///     `--TRY_AGAIN--> sent again after the backoff        `--deadline--> given up; the asker knows the time itself
/// </code>
/// </summary>
/// <typeparam name="TAsker">Where answers go.</typeparam>
internal sealed class EntityQuestions<TAsker>(SessionId ownId)
{
    /// <summary>All clients of a host together; each has a limit of its own besides.</summary>
    public const int OutstandingMax = 65_536;

    /// <summary>Nanoseconds between two copies of a question.</summary>
    public const long Interval = 200 * AisTime.NanosecondsPerMillisecond;

    /// <summary>Nanoseconds that an answer may be on its way after the deadline; sessions wait as long.</summary>
    public const long AnswerGrace = 200 * AisTime.NanosecondsPerMillisecond;

    /// <summary>
    /// A question without an end would have to be remembered without an end by its entity. AIS lets a call time out on its own
    /// account (TIMEOUT); whoever waits on may ask anew. An open with SA_TIME_MAX never ends in TIMEOUT (ais-ckpt 1.1): it is asked anew here.
    /// </summary>
    public const long DeadlineMax = 600 * AisTime.NanosecondsPerSecond;

    private readonly Dictionary<ulong, Question> _open = [];
    private readonly Dictionary<SessionId, SortedSet<ulong>> _numbers = [];
    private readonly Dictionary<OpenerKey, ulong> _opens = [];
    private readonly PriorityQueue<ulong, long> _due = new();
    private ulong _lastNumber;

    public int Count => _open.Count;

    /// <summary>Monotonic time at which <see cref="Take"/> has something to do; null when nothing waits.</summary>
    public long? NextDue => _due.TryPeek(out _, out var at) ? at : null;

    /// <summary>To be sent now. Null: too many wait, and it was not taken.</summary>
    public CheckpointCommand? Ask(CheckpointCommand command, TAsker asker, long monotonic, long wall)
    {
        if (_open.Count >= OutstandingMax)
            return null;
        // The client of an open that is taken back is gone or had no more time: the close ends whatever came of it.
        if (command is CheckpointProtocol.Close close && _opens.TryGetValue(OpenerKey.Of(close.Opener), out var open))
            Forget(_open[open]);

        var question = new Question(
            command with
            {
                Number = ++_lastNumber,
                Asker = command.IsRepeated ? command.Asker : ownId,
                Deadline = Math.Min(command.Deadline, wall + DeadlineMax),
            },
            command,
            asker);
        _open.Add(_lastNumber, question);
        if (command is CheckpointProtocol.Open opening)
            _opens[OpenerKey.Of(opening.Opener)] = _lastNumber;
        if (!_numbers.TryGetValue(question.Command.Asker, out var numbers))
            _numbers.Add(question.Command.Asker, numbers = []);
        numbers.Add(_lastNumber);
        return Send(question, monotonic);
    }

    /// <summary>A new view: what was sent to a host that is not in it is lost.</summary>
    public void AskAllAgain(long monotonic)
    {
        foreach (var question in _open.Values)
            Plan(question, monotonic);
    }

    /// <summary>The next copy that is due, or null. Questions whose time is up are dropped on the way.</summary>
    /// <param name="unanswered">Is told of those whose askers still wait, since they gave more time than a question has.</param>
    public CheckpointCommand? Take(long monotonic, long wall, Action<TAsker, CheckpointReply> unanswered)
    {
        while (_due.TryPeek(out var number, out var at) && at <= monotonic)
        {
            _due.Dequeue();
            if (!_open.TryGetValue(number, out var question) || question.SendAt != at)
                continue; // Answered, or planned anew.
            if (question.Command.Deadline > wall)
                return Send(question, monotonic);
            if (question.Command.Deadline > wall - AnswerGrace)
            {
                Plan(question, monotonic + AnswerGrace);
                continue;
            }

            Forget(question);
            if (question.Asked is CheckpointProtocol.Open && question.Asked.Deadline > question.Command.Deadline)
                return Ask(question.Asked, question.Asker, monotonic, wall); // Its opener names it as well, so a new number opens nothing twice.
            if (question.Asked.Deadline > question.Command.Deadline)
                unanswered(question.Asker, new CheckpointProtocol.Refused(
                    question.Asked.Number, AisStatus.Timeout, $"no answer within {AisTime.ToTimeSpan(DeadlineMax).TotalMinutes:0} minutes"));
        }

        return null;
    }

    /// <returns>The answer as its asker knows it, or null: nobody waits for it, or it will be asked again.</returns>
    public (TAsker Asker, CheckpointReply Reply)? Answered(CheckpointReply reply, long monotonic, long wall)
    {
        if (!_open.TryGetValue(reply.Number, out var question))
            return null;
        question.CopiesOut--;
        if (reply.Status == AisStatus.TryAgain)
        {
            // A copy that is still on its way may yet be done: only its answer, or silence, tells.
            var pause = Math.Min(Sessions.Backoff.After(question.Refusals++), Interval);
            if (question.CopiesOut > 0 || wall + pause < question.Command.Deadline)
            {
                if (question.CopiesOut <= 0)
                    Plan(question, monotonic + pause);
                return null;
            }
        }

        Forget(question);
        return (question.Asker, reply with { Number = question.Asked.Number });
    }

    private CheckpointCommand Send(Question question, long monotonic)
    {
        question.CopiesOut++;
        Plan(question, monotonic + Interval);
        return question.Command with { AnsweredTo = _numbers[question.Command.Asker].Min - 1 };
    }

    private void Plan(Question question, long at)
    {
        question.SendAt = at;
        _due.Enqueue(question.Command.Number, at);
    }

    private void Forget(Question question)
    {
        _open.Remove(question.Command.Number);
        if (question.Command is CheckpointProtocol.Open open && _opens.GetValueOrDefault(OpenerKey.Of(open.Opener)) == question.Command.Number)
            _opens.Remove(OpenerKey.Of(open.Opener));
        var numbers = _numbers[question.Command.Asker];
        numbers.Remove(question.Command.Number);
        if (numbers.Count == 0)
            _numbers.Remove(question.Command.Asker);
    }

    private sealed class Question(CheckpointCommand command, CheckpointCommand asked, TAsker asker)
    {
        public CheckpointCommand Command => command;

        /// <summary>As the asker gave it.</summary>
        public CheckpointCommand Asked => asked;

        public TAsker Asker => asker;

        /// <summary>Monotonic.</summary>
        public long SendAt { get; set; }

        /// <summary>Sent and not answered.</summary>
        public int CopiesOut { get; set; }

        public int Refusals { get; set; }
    }
}
