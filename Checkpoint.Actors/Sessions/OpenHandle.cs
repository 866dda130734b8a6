using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>One open of this client: its rights are the handle's, not the process's (ais-ckpt 1.3).</summary>
internal sealed class OpenHandle(ulong id, CheckpointName name, CheckpointProtocol.Opener opener, IncarnationId incarnation, CreationAttributes attributes)
{
    private int _credit;
    private long? _gapPosition;

    public ulong Id => id;

    public CheckpointName Name => name;

    public CheckpointProtocol.Opener Opener => opener;

    public IncarnationId Incarnation => incarnation;

    public CreationAttributes Attributes => attributes;

    public bool IsTracking { get; private set; }

    /// <summary>The agent has said so: a further order to track that fails takes nothing away.</summary>
    public bool IsTrackConfirmed { get; private set; }

    public HashSet<ulong> Iterations { get; } = [];

    public void StartTracking(int credit) => (IsTracking, _credit, _gapPosition) = (true, credit, null);

    public void ConfirmTracking() => IsTrackConfirmed = IsTracking;

    public void StopTracking() => (IsTracking, IsTrackConfirmed, _credit, _gapPosition) = (false, false, 0, null);

    /// <summary>
    /// The event to tell, its bytes reserved; a gap where there is no room for them; null when the client has not confirmed enough: then one
    /// gap follows as soon as it does.
    /// </summary>
    public SessionProtocol.IMessage? Offer(long position, IReadOnlyList<SectionChange> changes, IByteRoom room)
    {
        if (_credit == 0 || _gapPosition is not null)
        {
            _gapPosition = position;
            return null;
        }

        _credit--;
        var changed = new SessionProtocol.Changed(id, position, changes);
        return room.TryReserve(SessionRoom.BytesOf(changed)) ? changed : new SessionProtocol.Gap(id, position);
    }

    /// <summary>The client has consumed events. Answers the gap that waited for it.</summary>
    public SessionProtocol.Gap? Confirm(int events, int creditMax)
    {
        _credit = (int)Math.Min((long)_credit + Math.Max(0, events), creditMax);
        if (_credit == 0 || _gapPosition is not { } position)
            return null;
        _gapPosition = null;
        _credit--;
        return new SessionProtocol.Gap(id, position);
    }
}
