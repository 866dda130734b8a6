namespace Checkpoint.Actors.Replication;

/// <summary>Work that is too much for one step. It is cut into slices, and inputs of all kinds are taken between them.</summary>
internal abstract class MachineJob
{
    /// <summary>Nobody wants its outcome any more.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Nothing may be ordered for its replica while it runs: it looks at the content that the order has made so far.</summary>
    public virtual bool HoldsOrder => false;

    /// <summary>The content of its replica changes under the eyes of whoever reads it.</summary>
    public virtual bool IsPublishing => false;

    /// <summary>Another job of the replica may take its place; whoever ends that one goes on with what this one was to do.</summary>
    public virtual bool Yields => false;

    public void Cancel() => IsCancelled = true;

    /// <summary>One slice.</summary>
    /// <returns>True when it is done.</returns>
    public abstract bool Step();
}

/// <summary>
/// The jobs of one machine, which take turns: a slice each. After a slice the machine asks for its next with an input of its own
/// (<see cref="MachineOutput.Continue"/>), which goes behind what waits by then, so that no heartbeat waits for more than one slice.
/// </summary>
internal sealed class MachineJobs(MachineContext context)
{
    private readonly Queue<MachineJob> _jobs = new();
    private bool _isAsked;

    public void Begin(MachineJob job)
    {
        _jobs.Enqueue(job);
        Ask();
    }

    public void Continue()
    {
        _isAsked = false;
        while (_jobs.TryDequeue(out var job))
        {
            if (job.IsCancelled)
                continue;
            if (!job.Step())
                _jobs.Enqueue(job);
            break;
        }

        Ask();
    }

    private void Ask()
    {
        if (_isAsked || _jobs.Count == 0)
            return;
        _isAsked = true;
        context.Out(MachineOutput.Continue.Instance);
    }
}
