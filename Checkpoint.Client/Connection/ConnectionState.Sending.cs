using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <content>What goes to the present session, and when.</content>
internal sealed partial class ConnectionState
{
    private void Enqueue(Queue<Call> queue, Call call, long now, List<ConnectionEffect> effects)
    {
        if (call.Generation != 0 && call.Generation != Generation)
        {
            call.Answer(Refusal(AisStatus.TryAgain, "the connection moved to another host, and the iteration ended with the session: begin it again"));
            return;
        }

        _deadlines.Add(call, call.Deadline);
        queue.Enqueue(call);
        if (_phase == Phase.Connected && _pending.Count < OutstandingMax)
            Flush(now, effects);
    }

    /// <summary>Sends what may be sent: first what makes handles usable, then calls in their order.</summary>
    private void Flush(long now, List<ConnectionEffect> effects)
    {
        if (_phase != Phase.Connected)
            return;

        if (_handles.Unsettled.Count > 0)
            foreach (var handle in _handles.Unsettled.Where(handle => handle.OwnRequestAt <= now).ToList())
                SendOwn(handle, now, effects);

        while (_pending.Count < OutstandingMax && _ready.TryDequeue(out var call))
            if (!call.IsAnswered)
                SendCall(call, now, effects);
    }

    private void SendCall(Call call, long now, List<ConnectionEffect> effects)
    {
        var command = call.Command;
        if (call.Handle != 0)
        {
            if (_handles.Find(call.Handle) is not { } handle)
            {
                End(call, Refusal(AisStatus.BadHandle, "the handle was closed"));
                return;
            }

            command = HandleMapping.With(command, handle.Remote);
        }

        if (call.Deadline <= now)
        {
            Expire(call);
            return;
        }

        call.SentIn = Generation;
        call.RequestId = ++_lastRequest;
        _pending.Add(call.RequestId, new PendingRequest(call.Command, call, null));
        effects.Add(new ConnectionEffect.Send(new SessionProtocol.Request(call.RequestId, call.Deadline - now, command)));
    }

    private void SendOwn(OpenHandle handle, long now, List<ConnectionEffect> effects)
    {
        if (_pending.Count >= OutstandingMax)
            return;
        var command = handle.NextStep();
        handle.OwnRequest = ++_lastRequest;
        handle.OwnRequestAt = now + ConnectionTimes.OwnRequestTimeout + ConnectionTimes.RetryPause;
        _pending.Add(handle.OwnRequest, new PendingRequest(command, null, handle));
        effects.Add(new ConnectionEffect.Send(
            new SessionProtocol.Request(handle.OwnRequest, ConnectionTimes.OwnRequestTimeout, command)));
    }
}
