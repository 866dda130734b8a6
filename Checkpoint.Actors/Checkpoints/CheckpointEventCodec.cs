using System.Collections.Immutable;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Checkpoints.CheckpointEvents;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// The journal's bytes: a version, then the event's fields. The manifest says which event. Rows outlive programs: version 1 loads for
/// ever; golden bytes in the tests hold it. Version 2 adds the request that a row comes from; a row without one is still version 1.
/// </summary>
public static class CheckpointEventCodec
{
    public const byte Version = 2;

    private const byte WithoutRequests = 1;

    private const int KeptSizeMinBytes = 16 + 40 + 8 + 8 + 1 + 1 + 1;
    private const int AskerSizeMinBytes = 16 + 8 + 8 + 4;

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
        var origin = OriginOf(e);
        var isOfRequests = origin is not null || e is Kept { HasRequests: true };
        writer.U8(isOfRequests ? Version : WithoutRequests);
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
                    EncodeKept(writer, incarnation, isOfRequests);
                if (isOfRequests)
                    Encode(writer, kept.Requests);
                break;
            default:
                throw new ArgumentException($"{e.GetType().Name} has no bytes", nameof(e));
        }

        if (origin is not null)
            Encode(writer, origin);
        return writer.ToArray();
    }

    /// <exception cref="WireFormatException">An unknown version or manifest, or bytes that are not such an event.</exception>
    public static IEvent Decode(string manifest, ReadOnlyMemory<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var version = reader.U8();
        if (version is not (WithoutRequests or Version))
            throw new WireFormatException($"a journal event of version {version}; this program reads 1 to {Version}");

        var isOfRequests = version == Version;
        if (isOfRequests && manifest is "T" or "O")
            throw new WireFormatException($"a journal event {manifest} of version {version}; it comes from no request");

        IEvent e = manifest switch
        {
            "T" => new TermStarted(reader.Name(), reader.I64()),
            "C" => new Created(reader.Incarnation(), reader.Attributes(), reader.I64(), Origin(ref reader)),
            "R" => new RetentionSet(reader.Incarnation(), reader.I64(), Origin(ref reader)),
            "O" => new OpenedFirst(reader.Incarnation()),
            "L" => new ClosedLast(reader.Incarnation(), reader.I64(), Origin(ref reader)),
            "A" => new ActiveNamed(reader.Incarnation(), reader.Host(), Origin(ref reader)),
            "U" => new Unlinked(reader.Incarnation(), Origin(ref reader)),
            "D" => new Deleted(reader.Incarnation(), Reason(reader.U8()), Origin(ref reader)),
            "K" => DecodeKept(ref reader, isOfRequests),
            _ => throw new WireFormatException($"no journal event has the manifest {manifest}"),
        };
        reader.End();
        return e;

        RequestOrigin? Origin(ref WireReader from) =>
            isOfRequests ? new RequestOrigin(from.Session(), from.U64(), from.U64(), from.I64()) : null;
    }

    private static RequestOrigin? OriginOf(IEvent e) => e switch
    {
        Created created => created.By,
        RetentionSet set => set.By,
        ClosedLast closed => closed.By,
        ActiveNamed named => named.By,
        Unlinked unlinked => unlinked.By,
        Deleted deleted => deleted.By,
        _ => null,
    };

    private static void Encode(WireWriter writer, RequestOrigin origin)
    {
        writer.Session(origin.Asker);
        writer.U64(origin.Number);
        writer.U64(origin.AnsweredTo);
        writer.I64(origin.Deadline);
    }

    private static void Encode(WireWriter writer, RequestMemory requests)
    {
        writer.U32((uint)requests.Askers.Count);
        foreach (var (asker, memory) in requests.Askers.OrderBy(entry => entry.Key.Value))
        {
            writer.Session(asker);
            writer.U64(memory.AnsweredTo);
            writer.I64(memory.Deadline);
            writer.U32((uint)memory.Done.Count);
            foreach (var number in memory.Done)
                writer.U64(number);
        }
    }

    private static RequestMemory DecodeRequests(ref WireReader reader)
    {
        var askers = ImmutableDictionary.CreateBuilder<SessionId, RequestMemory.OfAsker>();
        for (var left = reader.Count(AskerSizeMinBytes); left > 0; left--)
        {
            var (asker, answeredTo, deadline) = (reader.Session(), reader.U64(), reader.I64());
            var done = ImmutableSortedSet.CreateBuilder<ulong>();
            for (var numbers = reader.Count(sizeof(ulong)); numbers > 0; numbers--)
                done.Add(reader.U64());
            askers[asker] = new RequestMemory.OfAsker(answeredTo, deadline, done.ToImmutable());
        }

        return new RequestMemory(askers.ToImmutable());
    }

    private static DeletionReason Reason(byte value) =>
        Enum.IsDefined((DeletionReason)value) ? (DeletionReason)value : throw new WireFormatException($"{value} is no reason of a deletion");

    private static void EncodeKept(WireWriter writer, KeptIncarnation kept, bool isOfRequests)
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
        if (!isOfRequests)
            return;
        writer.Bool(kept.CreatedBy is not null);
        if (kept.CreatedBy is { } request)
        {
            writer.Session(request.Asker);
            writer.U64(request.Number);
        }
    }

    private static Kept DecodeKept(ref WireReader reader, bool isOfRequests)
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
                reader.Bool() ? reader.Host() : null,
                isOfRequests && reader.Bool() ? new RequestId(reader.Session(), reader.U64()) : null));
        return new Kept(name, term, incarnations.MoveToImmutable())
        {
            Requests = isOfRequests ? DecodeRequests(ref reader) : RequestMemory.Empty,
        };
    }
}
