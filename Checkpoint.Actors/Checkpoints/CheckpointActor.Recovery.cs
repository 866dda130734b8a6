using Akka.Actor;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// What came while the journal was read. Akka holds it back and loses it when the reading fails; none of it was begun, so whoever waits is
/// told to try again. Not so for a command that is asked again and again: an earlier copy of it may have been done by an earlier run, and only the journal knows.
/// </summary>
public sealed partial class CheckpointActor
{
    private readonly Queue<(ulong Number, IActorRef Client)> _early = [];

    protected override bool AroundReceive(Receive receive, object message)
    {
        if (_phase == Phase.Recovering && message is CheckpointProtocol.ICommand { IsRepeated: false } command && _early.Count < _options.QueuedCommandsMax)
            _early.Enqueue((command.Number, Sender));
        return base.AroundReceive(receive, message);
    }

    /// <summary>The actor stops after this.</summary>
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        while (_early.TryDequeue(out var early))
            early.Client.Tell(new CheckpointProtocol.Refused(early.Number, AisStatus.TryAgain, $"the journal is away: {reason.Message}"));
        base.OnRecoveryFailure(reason, message);
    }
}
