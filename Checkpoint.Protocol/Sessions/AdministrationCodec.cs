using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Protocol;

/// <summary>The bytes of what the CLI asks for.</summary>
internal static class AdministrationCodec
{
    public static void Write(WireWriter to, Result result)
    {
        switch (result)
        {
            case NodeStatus status:
                to.U8(32);
                WriteNodeStatus(to, status);
                break;
            case CheckpointList list:
                to.U8(33);
                to.U32((uint)list.Rows.Count);
                foreach (var row in list.Rows)
                    WriteRow(to, row);
                break;
            case CheckpointDetail detail:
                to.U8(34);
                WriteDetail(to, detail);
                break;
            case NodeLimits limits:
                to.U8(35);
                to.U32((uint)limits.Rows.Count);
                foreach (var row in limits.Rows)
                    WriteLimit(to, row);
                break;
            default:
                throw new ArgumentException($"{result.GetType().Name} has no bytes", nameof(result));
        }
    }

    /// <summary>At least as many bytes as the result takes.</summary>
    public static long SizeOf(Result? result) => result switch
    {
        NodeStatus status => 256L + (4L * (status.NodeName.Length + status.Journal.Length))
            + status.Nodes.Sum(node => 64L + (4L * (node.NodeName.Length + node.Host.Address.Length)))
            + status.Sessions.Sum(session => 24L + (4L * session.ClientName.Length)),
        CheckpointList list => list.Rows.Sum(row => 49L + row.Name.Bytes.Length + (4L * row.Orderer.Length)),
        CheckpointDetail detail => 257L + detail.Name.Bytes.Length + (4L * detail.Orderer.Length)
            + detail.Replicas.Sum(replica => 6L + (4L * replica.NodeName.Length)),
        NodeLimits limits => limits.Rows.Sum(row => 24L + (4L * (row.Key.Length + row.Bound.Length))),
        _ => 0,
    };

    public static NodeStatus ReadNodeStatus(ref WireReader from)
    {
        var name = from.Text();
        var host = from.Host();
        var view = from.I64();
        var serving = from.Bool();
        var journal = from.Text();
        var journalAway = from.Bool();
        var nodes = new NodeRow[from.Count(33)];
        for (var i = 0; i < nodes.Length; i++)
            nodes[i] = new NodeRow(from.Text(), from.Host(), from.Text(), from.Text(), from.Bool(), from.I32());
        var sessions = new SessionRow[from.Count(24)];
        for (var i = 0; i < sessions.Length; i++)
            sessions[i] = new SessionRow(from.Session(), from.Text(), from.I32());
        return new NodeStatus(name, host, view, serving, journal, journalAway, nodes, sessions, from.I32(), from.I64(), from.I64());
    }

    public static NodeLimits ReadLimits(ref WireReader from)
    {
        var rows = new LimitRow[from.Count(24)];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = new LimitRow(from.Text(), from.I64(), from.I64(), from.Text());
        return new NodeLimits(rows);
    }

    public static CheckpointList ReadList(ref WireReader from)
    {
        var rows = new CheckpointRow[from.Count(41)];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = new CheckpointRow(
                from.Name(), from.Incarnation(), from.Bool(), (CreationFlags)from.U32(), from.I32(), from.I64(), from.Text(), from.Bool());
        return new CheckpointList(rows);
    }

    public static CheckpointDetail ReadDetail(ref WireReader from)
    {
        var detail = new CheckpointDetail(
            from.Name(),
            from.Incarnation(),
            from.I64(),
            from.Attributes(),
            from.I64(),
            from.I64(),
            from.I32(),
            from.I32(),
            from.I32(),
            from.I32(),
            from.I32(),
            from.I32(),
            from.I64(),
            from.Text(),
            from.Bool(),
            []);
        var replicas = new ReplicaRow[from.Count(6)];
        for (var i = 0; i < replicas.Length; i++)
            replicas[i] = new ReplicaRow(from.Text(), from.Bool(), from.Bool());
        return detail with { Replicas = replicas };
    }

    private static void WriteNodeStatus(WireWriter to, NodeStatus status)
    {
        to.Text(status.NodeName);
        to.Host(status.Host);
        to.I64(status.ViewNumber);
        to.Bool(status.Serving);
        to.Text(status.Journal);
        to.Bool(status.JournalAway);
        to.U32((uint)status.Nodes.Count);
        foreach (var node in status.Nodes)
        {
            to.Text(node.NodeName);
            to.Host(node.Host);
            to.Text(node.MemberStatus);
            to.Text(node.Reachability);
            to.Bool(node.InView);
            to.I32(node.Orders);
        }

        to.U32((uint)status.Sessions.Count);
        foreach (var session in status.Sessions)
        {
            to.Session(session.Session);
            to.Text(session.ClientName);
            to.I32(session.Handles);
        }

        to.I32(status.Checkpoints);
        to.I64(status.BytesUsed);
        to.I64(status.BytesMax);
    }

    private static void WriteLimit(WireWriter to, LimitRow row)
    {
        to.Text(row.Key);
        to.I64(row.Configured);
        to.I64(row.Effective);
        to.Text(row.Bound);
    }

    private static void WriteRow(WireWriter to, CheckpointRow row)
    {
        to.Name(row.Name);
        to.Incarnation(row.Incarnation);
        to.Bool(row.Unlinked);
        to.U32((uint)row.Flags);
        to.I32(row.Sections);
        to.I64(row.UsedSize);
        to.Text(row.Orderer);
        to.Bool(row.SetAside);
    }

    private static void WriteDetail(WireWriter to, CheckpointDetail detail)
    {
        to.Name(detail.Name);
        to.Incarnation(detail.Incarnation);
        to.I64(detail.CreationTimestamp);
        to.Attributes(detail.Attributes);
        to.I64(detail.RetentionDuration);
        to.I64(detail.UsedSize);
        to.I32(detail.NumOpeners);
        to.I32(detail.NumReaders);
        to.I32(detail.NumWriters);
        to.I32(detail.NumReplicas);
        to.I32(detail.NumSections);
        to.I32(detail.NumCorruptSections);
        to.I64(detail.Position);
        to.Text(detail.Orderer);
        to.Bool(detail.SetAside);
        to.U32((uint)detail.Replicas.Count);
        foreach (var replica in detail.Replicas)
        {
            to.Text(replica.NodeName);
            to.Bool(replica.IsActive);
            to.Bool(replica.IsFull);
        }
    }
}
