namespace Checkpoint.Protocol;

/// <summary>One life of a checkpoint name, from create to deletion. Random, so that no two lives are ever confused.</summary>
public readonly record struct IncarnationId(Guid Value) : IComparable<IncarnationId>
{
    public int CompareTo(IncarnationId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString("N");
}
