using Checkpoint.Actors.Replication.Links;

namespace Checkpoint.Actors.Replication;

/// <summary>Frames that the fault <c>stall</c> holds back, in order. Bounded: above the limit they are lost, as on a slow network.</summary>
internal sealed class StalledFrames
{
    private const int FramesMax = 100_000;

    private readonly Queue<(LinkBytes Frame, long DueAt)> _frames = new();

    public bool IsEmpty => _frames.Count == 0;

    public void Add(LinkBytes frame, long dueAt)
    {
        if (_frames.Count < FramesMax)
            _frames.Enqueue((frame, dueAt));
    }

    public bool TryTake(long now, out LinkBytes frame)
    {
        if (_frames.TryPeek(out var first) && first.DueAt <= now)
        {
            frame = _frames.Dequeue().Frame;
            return true;
        }

        frame = null!;
        return false;
    }
}
