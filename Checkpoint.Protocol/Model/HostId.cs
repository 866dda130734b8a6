namespace Checkpoint.Protocol;

/// <summary>One run of one host process: its cluster address ("host:port") and the uid of this run. A restart is another host.</summary>
public sealed record HostId(string Address, long Uid) : IComparable<HostId>
{
    public int CompareTo(HostId? other)
    {
        var byAddress = string.CompareOrdinal(Address, other?.Address);
        return byAddress != 0 ? byAddress : Uid.CompareTo(other!.Uid);
    }

    public override string ToString() => $"{Address}#{Uid}";
}
