using Checkpoint.Client.Connection;
using Checkpoint.Protocol;
using Xunit;

namespace Checkpoint.Tests.Client;

/// <summary>Plays the application, the clock and the host to a <see cref="ConnectionState"/>.</summary>
internal sealed class ConnectionScript
{
    public const int WaitingCallsMax = 20;

    public static readonly CheckpointName Name = new("calls");
    public static readonly HostId Host = new("127.0.0.1:4711", 5);
    public static readonly IncarnationId Incarnation = new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));

    private static readonly CreationAttributes Attributes = new(CreationFlags.WriteAllReplicas, 100, 0, 10, 10, 10);

    private readonly ConnectionState _state = new(
        new ConnectionTimes(2 * AisTime.NanosecondsPerSecond, AisTime.NanosecondsPerSecond), WaitingCallsMax);

    private readonly List<ConnectionEffect> _effects = [];
    private long _now = 1_000_000;
    private int _attempt;

    public ConnectionScript()
    {
        _state.Start(_now, _effects);
        _attempt = Assert.Single(Take<ConnectionEffect.Join>()).Attempt;
    }

    public static AisStatus StatusOf(Call call)
    {
        Assert.True(call.IsAnswered, "the call has no answer");
        return call.Answered.Result.Status;
    }

    public static string? ReasonOf(Call call)
    {
        Assert.True(call.IsAnswered, "the call has no answer");
        return call.Answered.Result.Reason;
    }

    public static long OffsetOf(SessionProtocol.Request request) =>
        ((ContentOp.Write)((SessionProtocol.Change)request.Command).Op).Elements[0].Offset;

    public SessionProtocol.Change Write(ulong handle, long offset) =>
        new(handle, new ContentOp.Write([new WriteElement(default, offset, new byte[1])]));

    public Call Submit(SessionProtocol.Command command, double seconds = 10, int generation = 0)
    {
        var call = new Call(command, _now + Nanoseconds(seconds)) { Generation = generation };
        _state.Submit(call, _now, _effects);
        return call;
    }

    public void Cancel(Call call) => _state.Cancel(call);

    public void Close() => _state.Close("the client was disposed of", _effects);

    /// <param name="attempt">The present one unless given.</param>
    public bool Welcome(int outstandingMax = 100, int? attempt = null)
    {
        foreach (var join in _effects.OfType<ConnectionEffect.Join>())
            _attempt = join.Attempt;
        var welcome = new SessionProtocol.Welcome(
            SessionProtocol.Version,
            new SessionId(Guid.Empty),
            "node1",
            Host,
            AisTime.NanosecondsPerSecond / 2,
            3 * AisTime.NanosecondsPerSecond,
            outstandingMax,
            Profile.Strict);
        return _state.Welcomed(attempt ?? _attempt, welcome, _now, _effects);
    }

    /// <summary>A handle as the application has it.</summary>
    public ulong Open(OpenFlags flags = OpenFlags.Read | OpenFlags.Write)
    {
        var call = Submit(new SessionProtocol.Open(Name, flags, flags.HasFlag(OpenFlags.Create) ? Attributes : null));
        AnswerOpened(Assert.Single(TakeRequests()), remote: 300);
        return ((SessionProtocol.Opened)call.Answered.Result.Body!).Handle;
    }

    public void Answer(SessionProtocol.Request request, AisStatus status, SessionProtocol.Result? body = null) =>
        Hear(new SessionProtocol.Answer(request.Id, status, null, -1, body));

    public void AnswerOpened(SessionProtocol.Request request, ulong remote) =>
        Answer(request, AisStatus.Ok, new SessionProtocol.Opened(remote, Incarnation, Attributes));

    public void Hear(SessionProtocol.IMessage message) => _state.Receive(message, _now, _effects);

    public void Lose() => _state.Lost("its link broke", _now, _effects);

    /// <summary>Time passes with a tick each 50 ms, as in the actor.</summary>
    public void Pass(double seconds)
    {
        for (var left = Nanoseconds(seconds); left > 0; left -= Nanoseconds(0.05))
            Tick(Math.Min(left, Nanoseconds(0.05)));
    }

    /// <summary>Time passes while nobody ticks: the process stood still.</summary>
    public void PassAtOnce(double seconds) => Tick(Nanoseconds(seconds));

    public IReadOnlyList<T> Take<T>()
        where T : ConnectionEffect
    {
        var taken = _effects.OfType<T>().ToList();
        foreach (var join in taken.OfType<ConnectionEffect.Join>())
            _attempt = join.Attempt;
        _effects.RemoveAll(effect => effect is T);
        return taken;
    }

    public IReadOnlyList<SessionProtocol.Request> TakeRequests()
    {
        var taken = _effects.OfType<ConnectionEffect.Send>().Select(send => send.Message).OfType<SessionProtocol.Request>().ToList();
        _effects.RemoveAll(effect => effect is ConnectionEffect.Send { Message: SessionProtocol.Request });
        return taken;
    }

    public int TakeBeats() => _effects.RemoveAll(effect => effect is ConnectionEffect.Send { Message: SessionProtocol.Heartbeat });

    private static long Nanoseconds(double seconds) => (long)(seconds * AisTime.NanosecondsPerSecond);

    private void Tick(long nanoseconds)
    {
        _now += nanoseconds;
        _state.Tick(_now, _effects);
    }
}
