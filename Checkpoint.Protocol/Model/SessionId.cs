namespace Checkpoint.Protocol;

/// <summary>One client process's connection to one host. Random: a client that comes back has another session.</summary>
public readonly record struct SessionId(Guid Value) : IComparable<SessionId>
{
    public int CompareTo(SessionId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString("N");
}
