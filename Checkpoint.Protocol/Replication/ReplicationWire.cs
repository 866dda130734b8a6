namespace Checkpoint.Protocol;

/// <summary>The pieces that several messages between hosts share.</summary>
internal static class ReplicationWire
{
    private const int HostMinBytes = 12;

    public delegate T ReadItem<T>(ref WireReader from);

    public static void List<T>(this WireWriter to, IReadOnlyList<T> items, Action<WireWriter, T> write)
    {
        to.U32((uint)items.Count);
        foreach (var item in items)
            write(to, item);
    }

    /// <param name="itemMinBytes">The least that an item takes: no count makes us allocate more than the message could hold.</param>
    public static IReadOnlyList<T> List<T>(this ref WireReader from, int itemMinBytes, ReadItem<T> read)
    {
        var items = new T[from.Count(itemMinBytes)];
        for (var index = 0; index < items.Length; index++)
            items[index] = read(ref from);
        return items;
    }

    public static void Hosts(this WireWriter to, IReadOnlyList<HostId> hosts) => to.List(hosts, static (to, host) => to.Host(host));

    public static IReadOnlyList<HostId> Hosts(this ref WireReader from) => from.List(HostMinBytes, static (ref from) => from.Host());

    public static AisStatus Status(this ref WireReader from)
    {
        var status = (AisStatus)from.I32();
        return Enum.IsDefined(status) ? status : throw new WireFormatException($"{(int)status} is no AIS status");
    }

    public static void Result(this WireWriter to, ContentResult result)
    {
        to.I32((int)result.Status);
        to.OptionalText(result.Reason);
        to.I32(result.ErroneousIndex);
        to.Section(result.GeneratedId);
    }

    public static ContentResult Result(this ref WireReader from) => new(from.Status(), from.OptionalText(), from.I32(), from.Section());

    public static void State(this WireWriter to, IncarnationState state)
    {
        to.Incarnation(state.Incarnation);
        to.Name(state.Name);
        to.Attributes(state.Attributes);
        to.I64(state.CreationTime);
        to.I64(state.RetentionDuration);
        to.Bool(state.Unlinked);
        to.Host(state.NamedOrderer);
        to.Bool(state.Active is not null);
        if (state.Active is not null)
            to.Host(state.Active);
        to.Hosts(state.Replicas);
    }

    public static IncarnationState State(this ref WireReader from) => new(
        from.Incarnation(),
        from.Name(),
        from.Attributes(),
        from.I64(),
        from.I64(),
        from.Bool(),
        from.Host(),
        from.Bool() ? from.Host() : null,
        from.Hosts());
}
