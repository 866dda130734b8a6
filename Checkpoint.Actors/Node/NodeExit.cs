namespace Checkpoint.Actors.Node;

/// <summary>Why a node can no longer serve. The process is to end.</summary>
/// <param name="Reason">What an operator reads.</param>
public abstract record NodeExit(string Reason)
{
    /// <summary>A view left this host out. It has begun to leave the cluster by itself; what it held is elsewhere.</summary>
    public sealed record LeftOut(long ViewNumber, string Reason) : NodeExit(Reason);

    /// <summary>An actor that the host cannot work without stopped: a broken invariant, or the Replicator.</summary>
    public sealed record PartFailed(string Part) : NodeExit($"{Part} stopped");
}
