using Checkpoint.Client;
using Checkpoint.Client.Connection;
using Checkpoint.Protocol;
using Xunit;

namespace Checkpoint.Tests.Client;

/// <summary>The rules of the connection, each as a transcript without a network.</summary>
public sealed class ConnectionStateTests
{
    private readonly ConnectionScript _script = new();

    [Fact(DisplayName = "A call made before a host serves waits, and is sent once when one does")]
    public void Waits_for_a_host()
    {
        var call = _script.Submit(new SessionProtocol.Unlink(ConnectionScript.Name));
        Assert.Empty(_script.TakeRequests());

        _script.Welcome();

        var request = Assert.Single(_script.TakeRequests());
        Assert.Equal(new SessionProtocol.Unlink(ConnectionScript.Name), request.Command);
        _script.Answer(request, AisStatus.Ok);
        Assert.Equal(AisStatus.Ok, ConnectionScript.StatusOf(call));
    }

    [Fact(DisplayName = "A call that was never sent ends in TRY_AGAIN at its deadline, and says why")]
    public void Unsent_is_try_again()
    {
        var call = _script.Submit(new SessionProtocol.Unlink(ConnectionScript.Name), seconds: 2);

        _script.Pass(1.9);
        Assert.False(call.IsAnswered);
        _script.Pass(0.2);

        Assert.Equal(AisStatus.TryAgain, ConnectionScript.StatusOf(call));
        Assert.Contains("not connected", ConnectionScript.ReasonOf(call), StringComparison.Ordinal);
        _script.Welcome();
        Assert.Empty(_script.TakeRequests());
    }

    [Fact(DisplayName = "A sent call without an answer ends in TIMEOUT at its deadline")]
    public void Unanswered_is_timeout()
    {
        _script.Welcome();
        var call = _script.Submit(new SessionProtocol.Unlink(ConnectionScript.Name), seconds: 0.5);

        _script.Pass(0.6);

        Assert.Equal(AisStatus.Timeout, ConnectionScript.StatusOf(call));
    }

    [Fact(DisplayName = "What was in flight when the host died ends in TIMEOUT and is never sent again; what was not sent goes to the next host, in order")]
    public void At_most_once()
    {
        _script.Welcome(outstandingMax: 2);
        var handle = _script.Open();
        var sent = Enumerable.Range(0, 2).Select(i => _script.Submit(_script.Write(handle, i))).ToList();
        var waiting = Enumerable.Range(2, 3).Select(i => _script.Submit(_script.Write(handle, i))).ToList();
        Assert.Equal(2, _script.TakeRequests().Count);

        _script.Lose();

        Assert.All(sent, call => Assert.Equal(AisStatus.Timeout, ConnectionScript.StatusOf(call)));
        Assert.All(waiting, call => Assert.False(call.IsAnswered));
        _script.Welcome(outstandingMax: 10);
        var attach = Assert.Single(_script.TakeRequests());
        Assert.IsType<SessionProtocol.Attach>(attach.Command);
        _script.AnswerOpened(attach, remote: 900);
        Assert.Equal([2, 3, 4], _script.TakeRequests().Select(ConnectionScript.OffsetOf));
    }

    [Fact(DisplayName = "A handle is attached by its incarnation, without CREATE, and keeps its number for the application")]
    public void Reattaches_by_incarnation()
    {
        _script.Welcome();
        var handle = _script.Open(OpenFlags.Read | OpenFlags.Create);

        _script.Lose();
        _script.Welcome();

        var attach = Assert.Single(_script.TakeRequests());
        Assert.Equal(new SessionProtocol.Attach(ConnectionScript.Name, ConnectionScript.Incarnation, OpenFlags.Read), attach.Command);
        _script.AnswerOpened(attach, remote: 77);
        _script.Submit(new SessionProtocol.GetStatus(handle));
        Assert.Equal(new SessionProtocol.GetStatus(77), Assert.Single(_script.TakeRequests()).Command);
    }

    [Fact(DisplayName = "A handle whose checkpoint is gone answers BAD_HANDLE, to what waited and to what comes")]
    public void Gone_is_bad_handle()
    {
        _script.Welcome();
        var handle = _script.Open();
        _script.Lose();
        var waiting = _script.Submit(new SessionProtocol.GetStatus(handle));
        _script.Welcome();

        _script.Answer(Assert.Single(_script.TakeRequests()), AisStatus.NotExist);

        Assert.Equal(AisStatus.BadHandle, ConnectionScript.StatusOf(waiting));
        Assert.Equal(AisStatus.BadHandle, ConnectionScript.StatusOf(_script.Submit(new SessionProtocol.GetStatus(handle))));
        Assert.Empty(_script.TakeRequests());
    }

    [Theory(DisplayName = "An attach that is refused for the moment is tried again after a pause")]
    [InlineData(AisStatus.TryAgain)]
    [InlineData(AisStatus.Timeout)]
    public void Attach_is_retried(AisStatus refusal)
    {
        _script.Welcome();
        _script.Open();
        _script.Lose();
        _script.Welcome();
        _script.Answer(Assert.Single(_script.TakeRequests()), refusal);
        Assert.Empty(_script.TakeRequests());

        _script.Pass(0.15);

        Assert.IsType<SessionProtocol.Attach>(Assert.Single(_script.TakeRequests()).Command);
    }

    [Fact(DisplayName = "Silence beyond the limit moves the client, avoiding the silent host; a word in time does not")]
    public void Silence_moves()
    {
        _script.Welcome();
        _script.Pass(0.9);
        _script.Hear(new SessionProtocol.Heartbeat(1, true));
        _script.Pass(0.9);
        Assert.Empty(_script.Take<ConnectionEffect.Join>());

        _script.Pass(0.2);

        Assert.Equal(ConnectionScript.Host, Assert.Single(_script.Take<ConnectionEffect.Join>()).Avoid);
    }

    [Fact(DisplayName = "Own standstill is not the host's silence")]
    public void Own_standstill()
    {
        _script.Welcome();
        _script.PassAtOnce(30);
        Assert.Empty(_script.Take<ConnectionEffect.Join>());

        _script.Pass(0.6);

        Assert.Single(_script.Take<ConnectionEffect.Join>());
    }

    [Fact(DisplayName = "It beats at the host's interval and answers the host's beats")]
    public void Beats()
    {
        _script.Welcome();
        _script.Pass(0.05);
        Assert.Equal(1, _script.TakeBeats());

        for (var i = 0; i < 20; i++)
        {
            _script.Pass(0.05);
            _script.Hear(new SessionProtocol.Heartbeat((ulong)i, IsAnswer: false));
        }

        // 20 answers, and own beats in 1 s: each third of the silence, since that is shorter than the host's interval.
        Assert.InRange(_script.TakeBeats(), 22, 24);
    }

    [Fact(DisplayName = "After a farewell nothing is sent, what is in flight is waited for, and refusals of the leaver go to the next host in order")]
    public void Graceful_farewell()
    {
        _script.Welcome();
        var handle = _script.Open();
        var calls = Enumerable.Range(0, 3).Select(i => _script.Submit(_script.Write(handle, i))).ToList();
        var requests = _script.TakeRequests();
        _script.Hear(new SessionProtocol.Farewell(AisStatus.TryAgain, "stopping"));
        calls.Add(_script.Submit(_script.Write(handle, 3)));

        _script.Answer(requests[0], AisStatus.Ok);
        _script.Answer(requests[2], AisStatus.TryAgain);
        Assert.Empty(_script.Take<ConnectionEffect.Join>());
        _script.Answer(requests[1], AisStatus.TryAgain);

        Assert.Single(_script.Take<ConnectionEffect.Join>());
        Assert.True(Assert.Single(_script.Take<ConnectionEffect.Leave>()).SaysFarewell);
        Assert.Equal(AisStatus.Ok, ConnectionScript.StatusOf(calls[0]));
        _script.Welcome();
        _script.AnswerOpened(Assert.Single(_script.TakeRequests()), remote: 5);
        Assert.Equal([1, 2, 3], _script.TakeRequests().Select(ConnectionScript.OffsetOf));
    }

    [Fact(DisplayName = "A refusal of the leaver is not put behind a later call that was done")]
    public void Refusal_keeps_order()
    {
        _script.Welcome();
        var handle = _script.Open();
        var calls = Enumerable.Range(0, 2).Select(i => _script.Submit(_script.Write(handle, i))).ToList();
        var requests = _script.TakeRequests();
        _script.Hear(new SessionProtocol.Farewell(AisStatus.TryAgain, "stopping"));

        _script.Answer(requests[0], AisStatus.TryAgain);
        _script.Answer(requests[1], AisStatus.Ok);

        Assert.Equal([AisStatus.TryAgain, AisStatus.Ok], calls.Select(ConnectionScript.StatusOf));
    }

    [Fact(DisplayName = "A host that a view left out is left at once; it hears no farewell, which would close what is attached elsewhere")]
    public void Left_out_host()
    {
        _script.Welcome();
        var call = _script.Submit(new SessionProtocol.Unlink(ConnectionScript.Name));

        _script.Hear(new SessionProtocol.Farewell(AisStatus.Unavailable, "view 8 left it out"));

        Assert.Equal(AisStatus.Timeout, ConnectionScript.StatusOf(call));
        Assert.Single(_script.Take<ConnectionEffect.Join>());
        Assert.False(Assert.Single(_script.Take<ConnectionEffect.Leave>()).SaysFarewell);
    }

    [Fact(DisplayName = "A leaver that goes on for too long is left, and what it has ends in TIMEOUT")]
    public void Farewell_has_a_limit()
    {
        _script.Welcome();
        var call = _script.Submit(new SessionProtocol.Unlink(ConnectionScript.Name));
        _script.Hear(new SessionProtocol.Farewell(AisStatus.TryAgain, "stopping"));

        for (var i = 0; i < 6; i++)
        {
            _script.Pass(0.4);
            _script.Hear(new SessionProtocol.Heartbeat((ulong)i, true));
        }

        Assert.Equal(AisStatus.Timeout, ConnectionScript.StatusOf(call));
        Assert.Single(_script.Take<ConnectionEffect.Join>());
    }

    [Fact(DisplayName = "What an abandoned open opened is closed again")]
    public void Late_open_is_given_back()
    {
        _script.Welcome();
        var call = _script.Submit(new SessionProtocol.Open(ConnectionScript.Name, OpenFlags.Read, null), seconds: 1);
        var request = Assert.Single(_script.TakeRequests());
        _script.Cancel(call);
        Assert.Equal(AisStatus.Interrupt, ConnectionScript.StatusOf(call));

        _script.AnswerOpened(request, remote: 41);

        Assert.Equal(new SessionProtocol.Close(41), Assert.Single(_script.TakeRequests()).Command);
    }

    [Fact(DisplayName = "More unanswered calls than allowed end in TRY_AGAIN with the limit in the reason")]
    public void Bounded()
    {
        for (var i = 0; i < ConnectionScript.WaitingCallsMax; i++)
            _script.Submit(new SessionProtocol.Unlink(ConnectionScript.Name));

        var above = _script.Submit(new SessionProtocol.Unlink(ConnectionScript.Name));

        Assert.Equal(AisStatus.TryAgain, ConnectionScript.StatusOf(above));
        Assert.Contains($"{ConnectionScript.WaitingCallsMax}", ConnectionScript.ReasonOf(above), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A timed-out request still takes its place among those the host allows, until it is answered")]
    public void Timed_out_still_counts()
    {
        _script.Welcome(outstandingMax: 1);
        _script.Submit(new SessionProtocol.Unlink(ConnectionScript.Name), seconds: 0.1);
        var first = Assert.Single(_script.TakeRequests());
        _script.Submit(new SessionProtocol.Unlink(ConnectionScript.Name), seconds: 5);
        _script.Pass(0.2);
        Assert.Empty(_script.TakeRequests());

        _script.Answer(first, AisStatus.Ok);

        Assert.Single(_script.TakeRequests());
    }

    [Fact(DisplayName = "An iteration is never continued in another session")]
    public void Iteration_ends_with_its_session()
    {
        _script.Welcome();
        _script.Lose();
        _script.Welcome();

        var next = _script.Submit(new SessionProtocol.IterationNext(1, 10), generation: 1);

        Assert.Equal(AisStatus.TryAgain, ConnectionScript.StatusOf(next));
        Assert.Empty(_script.TakeRequests());
    }

    [Fact(DisplayName = "A tracked handle is tracked again in the next session, and its reader is told of the gap only then")]
    public void Tracks_again()
    {
        _script.Welcome();
        var handle = _script.Open();
        _script.Submit(new SessionProtocol.Track(handle, true));
        _script.Answer(Assert.Single(_script.TakeRequests()), AisStatus.Ok);
        _script.Lose();
        _script.Welcome();
        _script.AnswerOpened(Assert.Single(_script.TakeRequests()), remote: 12);
        var track = Assert.Single(_script.TakeRequests());
        Assert.Equal(new SessionProtocol.Track(12, true), track.Command);
        Assert.Empty(_script.Take<ConnectionEffect.Push>());

        _script.Answer(track, AisStatus.Ok);

        var push = Assert.Single(_script.Take<ConnectionEffect.Push>());
        Assert.Equal((handle, new SessionProtocol.Gap(handle, 0)), (push.Handle, push.Change));
    }

    [Fact(DisplayName = "A host that stays UNAVAILABLE is left")]
    public void Unavailable_host_is_left()
    {
        _script.Welcome();
        _script.Pass(0.9);
        _script.Hear(new SessionProtocol.Heartbeat(1, true));
        _script.Pass(0.2);
        var call = _script.Submit(new SessionProtocol.Unlink(ConnectionScript.Name));

        _script.Answer(Assert.Single(_script.TakeRequests()), AisStatus.Unavailable);

        Assert.Equal(AisStatus.Unavailable, ConnectionScript.StatusOf(call));
        Assert.Equal(ConnectionScript.Host, Assert.Single(_script.Take<ConnectionEffect.Join>()).Avoid);
    }

    [Fact(DisplayName = "A welcome to an attempt that is over is not used, and an attempt without one is followed by the next, each more patient")]
    public void Late_welcome()
    {
        _script.Pass(5.6);
        Assert.Equal([2, 3, 4, 5], _script.Take<ConnectionEffect.Join>().Select(join => join.Attempt)); // After 0.5, 1.5, 3.5 and 5.5 s.

        Assert.False(_script.Welcome(attempt: 4));
        Assert.True(_script.Welcome(attempt: 5));
    }

    [Fact(DisplayName = "The lost host is avoided, but asked now and then: it may be the only one that is left")]
    public void Avoids_the_lost_host()
    {
        _script.Welcome();
        _script.Lose();

        _script.Pass(5.6);

        Assert.Equal(
            [ConnectionScript.Host, ConnectionScript.Host, null, ConnectionScript.Host, ConnectionScript.Host],
            _script.Take<ConnectionEffect.Join>().Select(join => join.Avoid));
    }

    [Fact(DisplayName = "Disposing answers every call: sent ones with TIMEOUT, the others with BAD_HANDLE")]
    public void Dispose_answers_all()
    {
        _script.Welcome(outstandingMax: 1);
        var sent = _script.Submit(new SessionProtocol.Unlink(ConnectionScript.Name));
        var unsent = _script.Submit(new SessionProtocol.Unlink(ConnectionScript.Name));

        _script.Close();

        Assert.Equal([AisStatus.Timeout, AisStatus.BadHandle], new[] { sent, unsent }.Select(ConnectionScript.StatusOf));
        Assert.Single(_script.Take<ConnectionEffect.Leave>());
        Assert.Equal(AisStatus.BadHandle, ConnectionScript.StatusOf(_script.Submit(new SessionProtocol.Unlink(ConnectionScript.Name))));
    }
}
