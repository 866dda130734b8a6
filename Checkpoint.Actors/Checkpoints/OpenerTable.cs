using Checkpoint.Protocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// Many openers in few bytes: hosts, incarnations and sessions once each, then 15 bytes an open, so that a roll call of
/// <see cref="CheckpointRules.OpenersMax"/> opens stays one message below 256 KiB.
/// </summary>
internal static class OpenerTable
{
    private const int EntrySizeBytes = 2 + 2 + 2 + 8 + 1;

    public static void Write(WireWriter writer, IReadOnlyList<(IncarnationId Incarnation, CheckpointProtocol.Opener Opener)> opens)
    {
        var hosts = Index(opens.Select(open => open.Opener.Host));
        var incarnations = Index(opens.Select(open => open.Incarnation));
        var sessions = Index(opens.Select(open => open.Opener.Session));
        Table(writer, hosts.Keys, writer.Host);
        Table(writer, incarnations.Keys, writer.Incarnation);
        Table(writer, sessions.Keys, writer.Session);
        writer.U32((uint)opens.Count);
        foreach (var (incarnation, opener) in opens)
        {
            writer.U16(hosts[opener.Host]);
            writer.U16(incarnations[incarnation]);
            writer.U16(sessions[opener.Session]);
            writer.U64(opener.Handle);
            writer.U8(checked((byte)opener.Flags));
        }
    }

    public static List<(IncarnationId Incarnation, CheckpointProtocol.Opener Opener)> Read(ref WireReader reader)
    {
        var hosts = new HostId[reader.Count(itemSizeMinBytes: 12)];
        for (var i = 0; i < hosts.Length; i++)
            hosts[i] = reader.Host();
        var incarnations = new IncarnationId[reader.Count(itemSizeMinBytes: 16)];
        for (var i = 0; i < incarnations.Length; i++)
            incarnations[i] = reader.Incarnation();
        var sessions = new SessionId[reader.Count(itemSizeMinBytes: 16)];
        for (var i = 0; i < sessions.Length; i++)
            sessions[i] = reader.Session();

        var count = reader.Count(EntrySizeBytes);
        var opens = new List<(IncarnationId, CheckpointProtocol.Opener)>(count);
        for (var i = 0; i < count; i++)
        {
            var host = At(hosts, reader.U16());
            var incarnation = At(incarnations, reader.U16());
            var session = At(sessions, reader.U16());
            opens.Add((incarnation, new CheckpointProtocol.Opener(host, session, reader.U64(), (OpenFlags)reader.U8())));
        }

        return opens;
    }

    /// <exception cref="OverflowException">More than 65,536 different ones; there are at most <see cref="CheckpointRules.OpenersMax"/>.</exception>
    private static Dictionary<T, ushort> Index<T>(IEnumerable<T> values)
        where T : notnull
    {
        var index = new Dictionary<T, ushort>();
        foreach (var value in values)
            if (!index.ContainsKey(value))
                index.Add(value, checked((ushort)index.Count));
        return index;
    }

    private static void Table<T>(WireWriter writer, ICollection<T> values, Action<T> write)
    {
        writer.U32((uint)values.Count);
        foreach (var value in values)
            write(value);
    }

    private static T At<T>(T[] table, ushort index) =>
        index < table.Length ? table[index] : throw new WireFormatException($"entry {index} of a table of {table.Length}");
}
