using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <content>How calls end, with or without an answer of a host.</content>
internal sealed partial class ConnectionState
{
    private void EndSession(string why)
    {
        foreach (var pending in _pending.Values)
            if (pending.Call is { } call)
                Executed(call, Refusal(AisStatus.Timeout, $"{why}; it may have been done"));
        _pending.Clear();

        var unsent = _refusedByLeaver.OrderBy(call => call.RequestId).Concat(_ready).Where(call => !call.IsAnswered).ToList();
        _refusedByLeaver = [];
        _ready = new Queue<Call>();
        _handles.DetachAll();
        foreach (var call in unsent)
        {
            if (call.Generation != 0)
                End(call, Refusal(AisStatus.TryAgain, $"{why}, and the iteration with it: begin it again"));
            else if (call.Handle == 0)
                _ready.Enqueue(call);
            else if (_handles.Find(call.Handle) is not { } handle)
                End(call, Refusal(AisStatus.BadHandle, "the handle was closed"));
            else if (call.RequestId != 0 && call.RequestId < handle.LastExecuted)
                End(call, Refusal(AisStatus.TryAgain, $"{why}, and a later call on the same handle was done already"));
            else
                handle.Waiting.Enqueue(call);
        }
    }

    private void Expire(Call call) => End(call, call.SentIn == 0
        ? Refusal(AisStatus.TryAgain, $"it was not sent before its deadline: {WhyNotSent(call)}")
        : Refusal(AisStatus.Timeout, "no answer before the deadline; it may have been done"));

    private string WhyNotSent(Call call) =>
        _phase != Phase.Connected ? $"not connected, {_whyNotConnected}"
        : _handles.Find(call.Handle)?.Phase == HandlePhase.Detached ? "its checkpoint is being attached again"
        : $"{_pending.Count} requests are on their way, at most {OutstandingMax}";

    /// <summary>Remembers how far a handle's calls went, so that none of them is put behind one that was made after it.</summary>
    private void Executed(Call call, SessionProtocol.Answer answer)
    {
        if (answer.Status != AisStatus.TryAgain && _handles.Find(call.Handle) is { } handle)
            handle.LastExecuted = Math.Max(handle.LastExecuted, call.RequestId);
        End(call, answer);
    }

    private void End(Call call, SessionProtocol.Answer answer)
    {
        if (call.IsAnswered)
            return;
        _deadlines.Remove(call, call.Deadline);
        call.Answer(answer);
    }

    private static SessionProtocol.Answer Refusal(AisStatus status, string reason) => new(0, status, reason);
}
