using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Checkpoints.CheckpointProtocol;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

public sealed class EntityQuestionsTests
{
    private const long Interval = EntityQuestions<string>.Interval;
    private static readonly SessionId Mine = Session(99);
    private readonly EntityQuestions<string> _questions = new(Mine);
    private readonly List<CheckpointReply> _unanswered = [];

    [Fact(DisplayName = "A question is asked again on the same number every 200 ms until its deadline")]
    public void Again()
    {
        var first = Ask(Unlink(7, deadline: 10 * Second));
        Assert.Equal(Session(1), first.Asker);
        Assert.Equal(Interval, _questions.NextDue);
        Assert.Null(Take(Interval - 1));
        for (var at = Interval; at < 10 * Second; at += Interval)
            Assert.Equal(first, Take(at));
        Assert.Null(Take(10 * Second));
        Assert.Null(Take((10 * Second) + EntityQuestions<string>.AnswerGrace));
        Assert.Equal((0, 0), (_questions.Count, _unanswered.Count)); // The asker knows its time.
        Assert.Null(_questions.NextDue);
    }

    [Fact(DisplayName = "An answer that comes within the grace after the deadline is told")]
    public void Late_answer()
    {
        var first = Ask(Unlink(7, deadline: Second));
        Assert.Equal(first, Take(Interval));
        Assert.Null(Take(Second));
        Assert.Equal(("", new Done(7)), _questions.Answered(new Done(first.Number), Second + 1, Second + 1));
    }

    [Fact(DisplayName = "A new view asks everything again at once, and then in its time")]
    public void New_view()
    {
        var (one, two) = (Ask(Unlink(1)), Ask(Unlink(2)));
        _questions.AskAllAgain(5);
        Assert.Equal(new[] { one, two }.ToHashSet(), new[] { Take(5)!, Take(5)! }.ToHashSet());
        Assert.Null(Take(5 + Interval - 1));
        Assert.NotNull(Take(5 + Interval));
    }

    [Fact(DisplayName = "An answer goes to its asker by its own number, once; sessions may use the same numbers")]
    public void Answers()
    {
        var one = Ask(Unlink(7), asker: "one");
        var two = Ask(Unlink(7, session: 2), asker: "two");
        Assert.Equal(("two", new Done(7)), _questions.Answered(new Done(two.Number), 1, 1));
        Assert.Equal(("one", new Refused(7, AisStatus.NotExist, "no")), _questions.Answered(new Refused(one.Number, AisStatus.NotExist, "no"), 1, 1));
        Assert.Null(_questions.Answered(new Done(one.Number), 2, 2));
        Assert.Null(Take(Second));
    }

    [Fact(DisplayName = "TRY_AGAIN is asked again after a growing pause on the same number, and is told when no time is left")]
    public void Refused_for_now()
    {
        var first = Ask(Unlink(7, deadline: Second));
        var (now, copies) = (0L, 1);
        while (_questions.Answered(new Refused(first.Number, AisStatus.TryAgain, "later"), now, now) is null)
        {
            var before = now;
            CheckpointCommand? copy;
            do
                copy = Take(now = _questions.NextDue!.Value); // A time that was planned before the refusal passes without one.
            while (copy is null);
            Assert.Equal(first, copy);
            Assert.InRange(now - before, 5 * AisTime.NanosecondsPerMillisecond, Interval);
            copies++;
        }

        Assert.InRange(copies, 6, 20);
        Assert.Equal(0, _questions.Count);
    }

    [Fact(DisplayName = "TRY_AGAIN is not the last word while another copy may yet be done")]
    public void Copy_on_its_way()
    {
        var first = Ask(Unlink(7, deadline: Second));
        Take(Interval); // The first one, or its answer, was lost.
        Assert.Null(_questions.Answered(new Refused(first.Number, AisStatus.TryAgain, "later"), Second - 1, Second - 1));
        Assert.Null(Take(Second));
        Assert.Null(Take(Second + EntityQuestions<string>.AnswerGrace));
        Assert.Equal((0, 0), (_questions.Count, _unanswered.Count)); // In silence: the asker says TIMEOUT.
    }

    [Fact(DisplayName = "Each copy says up to which number its session waits for nothing, whatever other sessions do")]
    public void Answered_to()
    {
        var (one, two, three) = (Ask(Unlink(1)), Ask(Unlink(2)), Ask(Unlink(3, session: 2)));
        Assert.Equal((one.Number - 1, one.Number - 1), (one.AnsweredTo, two.AnsweredTo));
        Assert.Equal(three.Number - 1, three.AnsweredTo);
        _questions.Answered(new Done(one.Number), 1, 1);
        _questions.AskAllAgain(1);
        var again = new[] { Take(1)!, Take(1)! }.Single(copy => copy.Number == two.Number);
        Assert.Equal(two.Number - 1, again.AnsweredTo);
    }

    [Fact(DisplayName = "Who names itself not is this host; no question has more than ten minutes")]
    public void Defaults()
    {
        var ping = Ask(new Ping(Name, 1, AisTime.End));
        Assert.Equal((Mine, EntityQuestions<string>.DeadlineMax), (ping.Asker, ping.Deadline));
        Take(EntityQuestions<string>.DeadlineMax);
        Take(EntityQuestions<string>.DeadlineMax + EntityQuestions<string>.AnswerGrace);
        Assert.Equal(AisStatus.Timeout, Assert.Single(_unanswered).Status);
        Assert.Equal(1UL, _unanswered[0].Number);
    }

    [Fact(DisplayName = "An open without a time limit is asked anew when a question's time is over, and never told TIMEOUT")]
    public void Open_for_ever()
    {
        var first = Ask(Some.Open(Opener(A, handle: 1), number: 1) with { Deadline = AisTime.End });
        Take(first.Deadline);
        var end = first.Deadline + EntityQuestions<string>.AnswerGrace;
        var second = Take(end)!;
        Assert.Equal((first.Number + 1, end + EntityQuestions<string>.DeadlineMax, first.Number), (second.Number, second.Deadline, second.AnsweredTo));
        Assert.Empty(_unanswered);
        Assert.Equal(("", new Done(1)), _questions.Answered(new Done(second.Number), end, end));
    }

    [Fact(DisplayName = "An open that is taken back is not asked again")]
    public void Taken_back()
    {
        var (kept, open) = (Ask(Some.Open(Opener(A, handle: 1), number: 1)), Ask(Some.Open(Opener(A, handle: 2), number: 2)));
        var close = Ask(Some.Close(default, Opener(A, handle: 2), number: 3));
        Assert.Null(_questions.Answered(new Done(open.Number), 1, 1));
        _questions.AskAllAgain(1);
        Assert.Equal(new[] { kept.Number, close.Number }.ToHashSet(), new[] { Take(1)!.Number, Take(1)!.Number }.ToHashSet());
        Assert.Null(Take(1));
    }

    [Fact(DisplayName = "More questions than the limit are not taken")]
    public void Bounded()
    {
        for (var i = 0; i < EntityQuestions<string>.OutstandingMax; i++)
            Assert.NotNull(_questions.Ask(new Ping(Name, 1, NoDeadline), "", 0, 0));
        Assert.Null(_questions.Ask(new Ping(Name, 1, NoDeadline), "", 0, 0));
    }

    private static Unlink Unlink(ulong number, long deadline = NoDeadline, int session = 1) => new(Name, number, deadline) { Asker = Session(session) };

    private CheckpointCommand Ask(CheckpointCommand command, string asker = "") => _questions.Ask(command, asker, 0, 0)!;

    private CheckpointCommand? Take(long now) => _questions.Take(now, now, (_, reply) => _unanswered.Add(reply));
}
