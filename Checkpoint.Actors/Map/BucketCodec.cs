using System.Collections.Immutable;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Map;

/// <summary>
/// A bucket's bytes (docs/WIRE.md, "Buckets"). Canonical, parts and pages sorted: the Replicator compares values by the hash of their
/// bytes, and replicas that hold the same must not look different.
/// </summary>
public static class BucketCodec
{
    public const byte Version = 1;

    private const byte LeftOutFlag = 1;

    /// <summary>Length of a page's id, index, length of its bytes.</summary>
    private const int PageSizeMinBytes = MapLimits.PageOverheadBytes;

    public static byte[] Encode(Bucket bucket, HeldIncarnations held)
    {
        var parts = bucket.Parts.Where(part => held.Contains(part.Key)).ToArray();
        var writer = new WireWriter(Math.Max(64, bucket.SizeBytes));
        writer.U8(Version);
        writer.I32(parts.Length);
        foreach (var (incarnation, part) in parts)
        {
            writer.Incarnation(incarnation);
            writer.I64(part.Stamp);
            writer.U8(part.IsLeftOut ? LeftOutFlag : (byte)0);
            var pages = part.Pages.ToArray();
            Array.Sort(pages, static (x, y) => Compare(x.Key, y.Key));
            writer.I32(pages.Length);
            foreach (var (key, bytes) in pages)
            {
                writer.Section(key.Section);
                writer.I32(key.Index);
                writer.Bytes(bytes.Span);
            }
        }

        return writer.ToArray();
    }

    /// <summary>Drops parts of incarnations that are not held. Pages are copied: a slice would keep the whole frame alive.</summary>
    /// <exception cref="WireFormatException">No bucket of this version, or one above the limit.</exception>
    public static Bucket Decode(ReadOnlyMemory<byte> bytes, HeldIncarnations held)
    {
        if (bytes.Length > MapLimits.BucketSizeMaxBytes)
            throw new WireFormatException($"a bucket of {bytes.Length} bytes is above the limit of {MapLimits.BucketSizeMaxBytes}");
        var reader = new WireReader(bytes);
        var version = reader.U8();
        if (version != Version)
            throw new WireFormatException($"bucket version {version}, this host knows {Version}");

        var parts = ImmutableSortedDictionary.CreateBuilder<IncarnationId, BucketPart>();
        for (var count = reader.Count(MapLimits.PartOverheadBytes); count > 0; count--)
        {
            var incarnation = reader.Incarnation();
            var part = DecodePart(ref reader, held.Contains(incarnation));
            if (!parts.TryAdd(incarnation, part))
                throw new WireFormatException($"incarnation {incarnation} twice");
        }

        reader.End();
        return Bucket.Of(held, parts, null);
    }

    private static BucketPart DecodePart(ref WireReader reader, bool isKept)
    {
        var stamp = reader.I64();
        var flags = reader.U8();
        if (flags > LeftOutFlag)
            throw new WireFormatException($"part flags {flags}");
        var pages = ImmutableDictionary.CreateBuilder<PageKey, ReadOnlyMemory<byte>>();
        var size = MapLimits.PartOverheadBytes;
        for (var count = reader.Count(PageSizeMinBytes); count > 0; count--)
        {
            var key = new PageKey(reader.Section(), reader.I32());
            var page = reader.Bytes();
            if (!isKept)
                continue;
            if (!pages.TryAdd(key, page.ToArray()))
                throw new WireFormatException($"page {key.Index} of section {key.Section} twice");
            size += BucketPart.SizeOf(key, page.Length);
        }

        return new(stamp, pages.ToImmutable(), size, flags == LeftOutFlag);
    }

    private static int Compare(PageKey x, PageKey y)
    {
        var bySection = x.Section.Bytes.Span.SequenceCompareTo(y.Section.Bytes.Span);
        return bySection != 0 ? bySection : x.Index.CompareTo(y.Index);
    }
}
