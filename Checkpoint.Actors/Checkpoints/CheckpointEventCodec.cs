using System.Collections.Immutable;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Checkpoints.CheckpointEvents;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// The journal's bytes: a version, then the event's fields. The manifest says which event. Rows outlive programs, so readers of a new
/// version ship before its writers, and version 1 loads for ever; golden bytes in the tests hold it.
/// </summary>
public static class CheckpointEventCodec
{
    public const byte Version = 1;

    private const int KeptSizeMinBytes = 16 + 40 + 8 + 8 + 1 + 1 + 1;

    /// <exception cref="ArgumentException">Not an event of ours.</exception>
    public static string ManifestOf(IEvent e) => e switch
    {
        TermStarted => "T",
        Created => "C",
        RetentionSet => "R",
        OpenedFirst => "O",
        ClosedLast => "L",
        ActiveNamed => "A",
        Unlinked => "U",
        Deleted => "D",
        Kept => "K",
        _ => throw new ArgumentException($"{e.GetType().Name} has no manifest", nameof(e)),
    };

    public static byte[] Encode(IEvent e)
    {
        var writer = new WireWriter();
        writer.U8(Version);
        switch (e)
        {
            case TermStarted started:
                writer.Name(started.Name);
                writer.I64(started.Term);
                break;
            case Created created:
                writer.Incarnation(created.Incarnation);
                writer.Attributes(created.Attributes);
                writer.I64(created.CreationTime);
                break;
            case RetentionSet set:
                writer.Incarnation(set.Incarnation);
                writer.I64(set.Duration);
                break;
            case OpenedFirst opened:
                writer.Incarnation(opened.Incarnation);
                break;
            case ClosedLast closed:
                writer.Incarnation(closed.Incarnation);
                writer.I64(closed.Time);
                break;
            case ActiveNamed named:
                writer.Incarnation(named.Incarnation);
                writer.Host(named.Host);
                break;
            case Unlinked unlinked:
                writer.Incarnation(unlinked.Incarnation);
                break;
            case Deleted deleted:
                writer.Incarnation(deleted.Incarnation);
                writer.U8((byte)deleted.Reason);
                break;
            case Kept kept:
                writer.Name(kept.Name);
                writer.I64(kept.Term);
                writer.U32((uint)kept.Incarnations.Length);
                foreach (var incarnation in kept.Incarnations)
                    EncodeKept(writer, incarnation);
                break;
            default:
                throw new ArgumentException($"{e.GetType().Name} has no bytes", nameof(e));
        }

        return writer.ToArray();
    }

    /// <exception cref="WireFormatException">An unknown version or manifest, or bytes that are not such an event.</exception>
    public static IEvent Decode(string manifest, ReadOnlyMemory<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var version = reader.U8();
        if (version != Version)
            throw new WireFormatException($"a journal event of version {version}; this program reads {Version}");

        IEvent e = manifest switch
        {
            "T" => new TermStarted(reader.Name(), reader.I64()),
            "C" => new Created(reader.Incarnation(), reader.Attributes(), reader.I64()),
            "R" => new RetentionSet(reader.Incarnation(), reader.I64()),
            "O" => new OpenedFirst(reader.Incarnation()),
            "L" => new ClosedLast(reader.Incarnation(), reader.I64()),
            "A" => new ActiveNamed(reader.Incarnation(), reader.Host()),
            "U" => new Unlinked(reader.Incarnation()),
            "D" => new Deleted(reader.Incarnation(), Reason(reader.U8())),
            "K" => DecodeKept(ref reader),
            _ => throw new WireFormatException($"no journal event has the manifest {manifest}"),
        };
        reader.End();
        return e;
    }

    private static DeletionReason Reason(byte value) =>
        Enum.IsDefined((DeletionReason)value) ? (DeletionReason)value : throw new WireFormatException($"{value} is no reason of a deletion");

    private static void EncodeKept(WireWriter writer, KeptIncarnation kept)
    {
        writer.Incarnation(kept.Incarnation);
        writer.Attributes(kept.Attributes);
        writer.I64(kept.CreationTime);
        writer.I64(kept.RetentionDuration);
        writer.Bool(kept.ClosedAt is not null);
        if (kept.ClosedAt is { } time)
            writer.I64(time);
        writer.Bool(kept.Unlinked);
        writer.Bool(kept.Active is not null);
        if (kept.Active is { } host)
            writer.Host(host);
    }

    private static Kept DecodeKept(ref WireReader reader)
    {
        var name = reader.Name();
        var term = reader.I64();
        var count = reader.Count(KeptSizeMinBytes);
        var incarnations = ImmutableArray.CreateBuilder<KeptIncarnation>(count);
        for (var i = 0; i < count; i++)
            incarnations.Add(new KeptIncarnation(
                reader.Incarnation(),
                reader.Attributes(),
                reader.I64(),
                reader.I64(),
                reader.Bool() ? reader.I64() : null,
                reader.Bool(),
                reader.Bool() ? reader.Host() : null));
        return new Kept(name, term, incarnations.MoveToImmutable());
    }
}
