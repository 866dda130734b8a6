namespace Checkpoint.Protocol;

/// <summary>Bytes of a <see cref="ControlBody"/>: one byte of type, then the fields.</summary>
internal static class ControlCodec
{
    private const byte CreateTag = 1;
    private const byte DeleteTag = 2;
    private const byte SetRetentionTag = 3;
    private const byte MarkUnlinkedTag = 4;
    private const byte SetActiveTag = 5;
    private const byte AddReplicaTag = 6;

    public static void Write(WireWriter to, ControlBody body)
    {
        switch (body)
        {
            case ControlBody.Create create:
                to.U8(CreateTag);
                to.State(create.State);
                break;
            case ControlBody.Delete:
                to.U8(DeleteTag);
                break;
            case ControlBody.SetRetention retention:
                to.U8(SetRetentionTag);
                to.I64(retention.Duration);
                break;
            case ControlBody.MarkUnlinked:
                to.U8(MarkUnlinkedTag);
                break;
            case ControlBody.SetActive active:
                to.U8(SetActiveTag);
                to.Host(active.To);
                break;
            case ControlBody.AddReplica replica:
                to.U8(AddReplicaTag);
                to.Host(replica.Host);
                break;
            default:
                throw new InvalidOperationException($"no bytes for {body.GetType().Name}");
        }
    }

    public static ControlBody Read(ref WireReader from)
    {
        var tag = from.U8();
        return tag switch
        {
            CreateTag => new ControlBody.Create(from.State()),
            DeleteTag => new ControlBody.Delete(),
            SetRetentionTag => new ControlBody.SetRetention(from.I64()),
            MarkUnlinkedTag => new ControlBody.MarkUnlinked(),
            SetActiveTag => new ControlBody.SetActive(from.Host()),
            AddReplicaTag => new ControlBody.AddReplica(from.Host()),
            _ => throw new WireFormatException($"{tag} is no change of existence"),
        };
    }
}
