namespace Checkpoint.Protocol;

/// <summary>Bytes of a <see cref="LogEntry"/>: sequence, view, time, one byte of type, then the body's fields.</summary>
internal static class LogEntryCodec
{
    /// <summary>The least that an entry takes.</summary>
    public const int MinBytes = 25;

    private const byte ContentTag = 1;
    private const byte CreatedTag = 2;
    private const byte RetentionTag = 3;
    private const byte UnlinkedTag = 4;
    private const byte ReplicaAddedTag = 5;
    private const byte FullTag = 6;
    private const byte HandOverTag = 7;
    private const byte DeletedTag = 8;

    public static void Write(WireWriter to, LogEntry entry)
    {
        to.I64(entry.Sequence);
        to.I64(entry.View);
        to.I64(entry.Time);
        switch (entry.Body)
        {
            case LogBody.Content content:
                to.U8(ContentTag);
                to.Session(content.Writer);
                to.U64(content.Handle);
                to.U64(content.Number);
                ContentOpCodec.Write(to, content.Op);
                break;
            case LogBody.Created created:
                to.U8(CreatedTag);
                to.State(created.State);
                break;
            case LogBody.Retention retention:
                to.U8(RetentionTag);
                to.I64(retention.Duration);
                break;
            case LogBody.Unlinked:
                to.U8(UnlinkedTag);
                break;
            case LogBody.ReplicaAdded added:
                to.U8(ReplicaAddedTag);
                to.Host(added.Host);
                break;
            case LogBody.Full full:
                to.U8(FullTag);
                to.Host(full.Host);
                break;
            case LogBody.HandOver over:
                to.U8(HandOverTag);
                to.Host(over.To);
                to.Bool(over.MakesActive);
                break;
            case LogBody.Deleted:
                to.U8(DeletedTag);
                break;
            default:
                throw new InvalidOperationException($"no bytes for {entry.Body.GetType().Name}");
        }
    }

    public static LogEntry Read(ref WireReader from) => new(from.I64(), from.I64(), from.I64(), ReadBody(ref from));

    private static LogBody ReadBody(ref WireReader from)
    {
        var tag = from.U8();
        return tag switch
        {
            ContentTag => ReadContent(ref from),
            CreatedTag => new LogBody.Created(from.State()),
            RetentionTag => new LogBody.Retention(from.I64()),
            UnlinkedTag => new LogBody.Unlinked(),
            ReplicaAddedTag => new LogBody.ReplicaAdded(from.Host()),
            FullTag => new LogBody.Full(from.Host()),
            HandOverTag => new LogBody.HandOver(from.Host(), from.Bool()),
            DeletedTag => new LogBody.Deleted(),
            _ => throw new WireFormatException($"{tag} is no update"),
        };
    }

    private static LogBody.Content ReadContent(ref WireReader from)
    {
        var (writer, handle, number) = (from.Session(), from.U64(), from.U64());
        return new LogBody.Content(ContentOpCodec.Read(ref from), writer, handle, number);
    }
}
