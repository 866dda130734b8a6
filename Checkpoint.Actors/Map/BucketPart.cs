using System.Collections.Immutable;

namespace Checkpoint.Actors.Map;

/// <summary>
/// What one bucket holds of one incarnation: the pages that lie here, as after update <paramref name="Stamp"/>. Stays when its last page
/// goes, since an older copy would otherwise bring the pages back; it goes with the incarnation.
/// </summary>
/// <param name="Stamp">The sequence of the last update that changed this part. One order makes the higher stamp right.</param>
/// <param name="SizeBytes">Encoded.</param>
/// <param name="IsLeftOut">
/// The bucket had no room for it. It stays so until the incarnation goes: later changes would make half a part, which then would
/// win against whole ones.
/// </param>
public sealed record BucketPart(long Stamp, ImmutableDictionary<PageKey, ReadOnlyMemory<byte>> Pages, int SizeBytes, bool IsLeftOut)
{
    public static readonly BucketPart None =
        new(0, ImmutableDictionary<PageKey, ReadOnlyMemory<byte>>.Empty, MapLimits.PartOverheadBytes, false);

    public static int SizeOf(PageKey key, int length) => MapLimits.PageOverheadBytes + key.Section.Length + length;

    public BucketPart LeftOut() => None with { Stamp = Stamp, IsLeftOut = true };

    /// <summary>This part after the changes that it has not seen yet.</summary>
    internal BucketPart With(PartChange change)
    {
        var origin = change.IsReset || (change.WholeSequence is { } whole && whole > Stamp) ? None : this;
        var stamp = Math.Max(origin.Stamp, change.Stamp);
        if (origin.IsLeftOut)
            return origin with { Stamp = stamp };
        var pages = origin.Pages.ToBuilder();
        var size = origin.SizeBytes;
        foreach (var (key, page) in change.Pages)
        {
            if (page.Sequence <= origin.Stamp || page.Sequence < change.WholeSequence)
                continue; // A host that is ahead has brought it by gossip, and perhaps what came after it; or it is in the whole.
            if (pages.TryGetValue(key, out var old))
                size -= SizeOf(key, old.Length);
            if (page.Bytes is { } bytes)
            {
                pages[key] = bytes;
                size += SizeOf(key, bytes.Length);
            }
            else
            {
                pages.Remove(key);
            }
        }

        return new(stamp, pages.ToImmutable(), size, false);
    }
}
