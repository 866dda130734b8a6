using System.Buffers;
using static Checkpoint.Protocol.HostMessage;

namespace Checkpoint.Protocol;

/// <summary>
/// Bytes of a <see cref="HostMessage"/> (docs/WIRE.md): u8 kind, i64 view, then the fields in the order of their declaration. Lists are
/// a u32 count and the items. Byte buffers that are read are slices of the message.
/// </summary>
public static partial class HostMessageCodec
{
    /// <summary>Large buffers of the message are in it where they lie: nobody writes to them, and so they are not copied.</summary>
    public static ReadOnlySequence<byte> Encode(HostMessage message)
    {
        var writer = new WireWriter(EstimateBytes(message), refersToLarge: true);
        Write(writer, message);
        return writer.ToSequence();
    }

    /// <exception cref="WireFormatException">No message: unknown kind, cut short, too long, or a value out of range.</exception>
    public static HostMessage Decode(ReadOnlyMemory<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var message = Read(ref reader);
        reader.End();
        return message;
    }

    /// <summary>What travels in the same lane keeps its order (see the links); null for what has none.</summary>
    public static Guid? LaneOf(HostMessage message) => message switch
    {
        Append append => append.Incarnation.Value,
        Change change => change.Incarnation.Value,
        Query query => query.Incarnation.Value,
        Control control => control.Incarnation.Value,
        Fetched fetched => fetched.Incarnation.Value,
        FillStart fill => fill.Incarnation.Value,
        FillPiece fill => fill.Incarnation.Value,
        _ => null,
    };

    private static int EstimateBytes(HostMessage message)
    {
        var data = message switch
        {
            Append append => append.Entries.Sum(EstimateBytes),
            Fetched fetched => fetched.Entries.Sum(EstimateBytes),
            Change change => EstimateBytes(change.Op),
            QueryAnswer { Result: QueryResult.Read read } => read.Data.Sum(part => 4L + Copied(part.Length)),
            FillPiece fill => Copied(fill.Piece.Length),
            _ => 0,
        };
        return (int)Math.Min(256 + data, int.MaxValue / 2);
    }

    private static long EstimateBytes(LogEntry entry) => 128 + (entry.Body is LogBody.Content content ? EstimateBytes(content.Op) : 0);

    /// <summary>A vector's elements are taken for equally large.</summary>
    private static long EstimateBytes(ContentOp op) => ContentOpCodec.SizeHint(op) - op.DataBytes + op switch
    {
        ContentOp.Write { Elements.Count: > 0 } write => write.Elements.Count * Copied(op.DataBytes / write.Elements.Count),
        _ => Copied(op.DataBytes),
    };

    private static long Copied(long bytes) => bytes >= WireWriter.LargeBytesMin ? 0 : bytes;

    private static void Write(WireWriter to, HostMessage message)
    {
        to.U8((byte)KindOf(message));
        to.I64(message.View);
        if (!WriteView(to, message) && !WriteUpdate(to, message) && !WriteRequest(to, message))
            throw new InvalidOperationException($"no bytes for {message.GetType().Name}");
    }

    private static HostMessage Read(ref WireReader from)
    {
        var kind = (Kind)from.U8();
        var view = from.I64();
        return ReadView(kind, view, ref from)
            ?? ReadUpdate(kind, view, ref from)
            ?? ReadRequest(kind, view, ref from)
            ?? throw new WireFormatException($"{(byte)kind} is no kind of message between hosts");
    }

    private static Kind KindOf(HostMessage message) => message switch
    {
        Beat => Kind.Beat,
        BeatAck => Kind.BeatAck,
        Row => Kind.Row,
        Recover => Kind.Recover,
        Logs => Kind.Logs,
        Start => Kind.Start,
        Append => Kind.Append,
        Ack => Kind.Ack,
        Fetch => Kind.Fetch,
        Fetched => Kind.Fetched,
        HandedOver => Kind.HandedOver,
        HandedOverAck => Kind.HandedOverAck,
        Drop => Kind.Drop,
        DropAck => Kind.DropAck,
        FillStart => Kind.FillStart,
        FillPiece => Kind.FillPiece,
        FillAck => Kind.FillAck,
        Change => Kind.Change,
        ChangeAnswer => Kind.ChangeAnswer,
        Inquire => Kind.Inquire,
        Fates => Kind.Fates,
        Query => Kind.Query,
        QueryAnswer => Kind.QueryAnswer,
        Control => Kind.Control,
        ControlAnswer => Kind.ControlAnswer,
        _ => throw new InvalidOperationException($"no kind for {message.GetType().Name}"),
    };

    /// <summary>On the wire for ever: numbers are never used again.</summary>
    private enum Kind : byte
    {
        Beat = 1,
        BeatAck = 2,
        Row = 3,
        Recover = 4,
        Logs = 5,
        Start = 6,
        Append = 10,
        Ack = 11,
        Fetch = 12,
        Fetched = 13,
        HandedOver = 14,
        HandedOverAck = 15,
        Drop = 16,
        DropAck = 17,
        FillStart = 20,
        FillPiece = 21,
        FillAck = 22,
        Change = 30,
        ChangeAnswer = 31,
        Inquire = 32,
        Fates = 33,
        Query = 34,
        QueryAnswer = 35,
        Control = 36,
        ControlAnswer = 37,
    }
}
