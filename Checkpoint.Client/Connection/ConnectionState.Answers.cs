using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <content>What the session's answers mean for calls and handles.</content>
internal sealed partial class ConnectionState
{
    private void OnAnswer(SessionProtocol.Answer answer, long now, List<ConnectionEffect> effects)
    {
        if (!_pending.Remove(answer.Id, out var pending))
            return;

        if (pending.Call is { IsAnswered: false } call)
            OnAnswerToCall(call, answer, effects);
        else if (pending.Handle is { } handle && handle.OwnRequest == answer.Id && handle.Phase != HandlePhase.Gone)
            OnAnswerToOwn(handle, pending.Command, answer, now, effects);
        else
            GiveBack(answer, now, effects);

        if (answer.Status == AisStatus.Unavailable && now - _phaseSince >= ConnectionTimes.UnavailablePatience)
            Leave($"{HostName} is unavailable: {answer.Reason}", now, effects);
        if (_phase == Phase.Leaving && _pending.Count == 0)
            Lost(_whyNotConnected, now, effects);
        else
            Flush(now, effects);
    }

    private void OnAnswerToCall(Call call, SessionProtocol.Answer answer, List<ConnectionEffect> effects)
    {
        if (_phase == Phase.Leaving && answer.Status == AisStatus.TryAgain && call.Generation == 0)
        {
            // Certainly not done, and the host that refused it is going: the next session does it.
            call.SentIn = 0;
            _refusedByLeaver.Add(call);
            return;
        }

        var about = _handles.Find(call.Handle);
        switch (call.Command)
        {
            case SessionProtocol.Open open when answer.Body is SessionProtocol.Opened opened:
                answer = answer with { Body = opened with { Handle = _handles.Add(open, opened).Id } };
                break;
            case SessionProtocol.Close when about is not null && answer.Status is AisStatus.Ok or AisStatus.BadHandle:
                Forget(about!, AisStatus.BadHandle, "the handle was closed", effects);
                break;
            case SessionProtocol.Track track when about is not null && answer.Status == AisStatus.Ok:
                about.IsTracked = track.On;
                about.IsTrackConfirmed = track.On;
                _handles.Settle(about);
                break;
        }

        Executed(call, answer);
    }

    private void OnAnswerToOwn(
        OpenHandle handle, SessionProtocol.Command command, SessionProtocol.Answer answer, long now, List<ConnectionEffect> effects)
    {
        handle.OwnRequest = 0;
        handle.OwnRequestAt = now + ConnectionTimes.RetryPause;
        switch (answer.Status)
        {
            case AisStatus.Ok when answer.Body is SessionProtocol.Opened opened:
                handle.OwnRequestAt = 0;
                _handles.Attach(handle, opened.Handle);
                while (handle.Waiting.TryDequeue(out var call))
                    _ready.Enqueue(call);
                break;
            case AisStatus.Ok when command is SessionProtocol.Track:
                handle.IsTrackConfirmed = true;
                _handles.Settle(handle);
                // Only now: what changes from here on is told, so reading after the gap misses nothing.
                effects.Add(new ConnectionEffect.Push(handle.Id, new SessionProtocol.Gap(handle.Id, 0)));
                break;
            case AisStatus.TryAgain or AisStatus.Timeout or AisStatus.Unavailable or AisStatus.NoResources or AisStatus.NoMemory or AisStatus.Busy:
                break;
            default:
                Forget(handle, AisStatus.BadHandle, $"{handle.Name} could not be attached again: {answer.Status}, {answer.Reason}", effects);
                break;
        }
    }

    /// <summary>Nobody waits for this any more: what it opened has no owner and is given back.</summary>
    private void GiveBack(SessionProtocol.Answer answer, long now, List<ConnectionEffect> effects)
    {
        SessionProtocol.Command? release = answer.Body switch
        {
            SessionProtocol.Opened opened => new SessionProtocol.Close(opened.Handle),
            SessionProtocol.IterationOpened opened => new SessionProtocol.IterationFinalize(opened.Iteration),
            _ => null,
        };
        if (release is null)
            return;
        _pending.Add(++_lastRequest, new PendingRequest(release, null, null));
        effects.Add(new ConnectionEffect.Send(new SessionProtocol.Request(_lastRequest, ConnectionTimes.OwnRequestTimeout, release)));
    }

    private void CloseDetached(OpenHandle handle, Call call, List<ConnectionEffect> effects)
    {
        // No session of ours holds it: the last one closes all its opens as it ends. An attempt to attach that is on its way is given back.
        Forget(handle, AisStatus.BadHandle, "the handle was closed", effects);
        call.Answer(new SessionProtocol.Answer(0, AisStatus.Ok));
    }

    private void Forget(OpenHandle handle, AisStatus status, string reason, List<ConnectionEffect> effects)
    {
        _handles.Remove(handle);
        while (handle.Waiting.TryDequeue(out var call))
            End(call, Refusal(status, reason));
        effects.Add(new ConnectionEffect.EndOfChanges(handle.Id, status, reason));
    }
}
