using Checkpoint.Actors.Map;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>What the section map has to learn of one section's change: its header, and the pages that are not the ones it had.</summary>
internal static class SectionPageChanges
{
    public static void Add(ICollection<SectionMapProtocol.PageChange> changes, SectionId id, Section? before, Section? after)
    {
        // `default(...)` on purpose: a plain null converts by way of byte[] to an empty page, which is not an absent one.
        var header = after is null ? default(ReadOnlyMemory<byte>?) : SectionHeader.Encode(after);
        changes.Add(new(new PageKey(id, PageKey.Header), header));
        var (old, now) = (before?.Pages ?? [], after?.Pages ?? []);
        if (ReferenceEquals(old, now))
            return;
        for (var index = 0; index < now.Length; index++)
            if (index >= old.Length || !ReferenceEquals(old[index], now[index]))
                changes.Add(new(new PageKey(id, index), now[index]));
        for (var index = now.Length; index < old.Length; index++)
            changes.Add(new(new PageKey(id, index), null));
    }
}
