using System.Runtime.InteropServices;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>
/// The stable content of one incarnation on one host: what the one order of updates has made so far. Deterministic, without clock
/// or I/O, for one thread; every host that applied the same updates holds the same bytes.
/// </summary>
public sealed partial class SectionTable
{
    private readonly Dictionary<SectionId, Section> _sections = new(SectionIdBytes.Comparer);
    private readonly ExpiryQueue _expiry = new();
    private readonly MapShare? _share;
    private long _idBytes;

    /// <param name="creationTime">Nanoseconds since 1970 UTC: the default section's last update.</param>
    /// <param name="share">This incarnation's room in the host's section map; null where no map stands behind the table.</param>
    public SectionTable(CreationAttributes attributes, long creationTime = 0, MapShare? share = null)
        : this(attributes, share)
    {
        if (attributes.HasDefaultSection)
            Put(null, Section.Create(SectionId.Default, default, AisTime.End, creationTime, stamp: 0), null);
    }

    private SectionTable(CreationAttributes attributes, MapShare? share) => (Attributes, _share) = (attributes, share);

    public CreationAttributes Attributes { get; }

    /// <value>Sections; the default one counts.</value>
    public int Count => _sections.Count;

    /// <value>Bytes: the sum of the section sizes (ais-ckpt 2.2).</value>
    public long BytesUsed { get; private set; }

    /// <value>Bytes of memory that the content costs this host, to an upper bound; what the host's quota counts.</value>
    public long FootprintBytes => BytesUsed + _idBytes + ((long)Count * LogEntry.SectionOverheadBytes);

    /// <value>The update applied last.</value>
    public long Sequence { get; private set; }

    public int CorruptCount { get; private set; }

    /// <value>Nanoseconds since 1970 UTC; <see cref="AisTime.End"/> when nothing expires.</value>
    public long NextExpiration => _expiry.Next;

    internal IReadOnlyDictionary<SectionId, Section> Sections => _sections;

    public Section? Find(SectionId id) => _sections.GetValueOrDefault(id);

    /// <param name="id">The bytes of an id.</param>
    public Section? Find(ReadOnlySpan<byte> id) =>
        _sections.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(id, out var section) ? section : null;

    /// <summary>
    /// May <paramref name="op"/> be ordered after everything in <paramref name="pending"/>? The result is Ok, or the exact refusal with
    /// limit and value; then nothing is to be ordered. What is let through can be applied, on every host, whatever the numbers in it.
    /// </summary>
    /// <param name="random">64 random bits, for a generated id.</param>
    public ContentVerdict Check(ContentOp op, PendingSections pending, Func<ulong> random)
    {
        var verdict = BeginCheck(pending).Run(op);
        if (verdict.Concrete is null || op is not ContentOp.CreateSection { Id.IsDefault: true } create)
            return verdict;

        if (GeneratedIds.Next(Attributes.MaxSectionIdSize, pending.Count, Exists, random) is not { } id)
            return ContentVerdict.Refused(new(AisStatus.NoSpace, $"every id of {Attributes.MaxSectionIdSize} bytes is in use"));

        // Once more with its own id: where in the map there has to be room depends on it.
        verdict = BeginCheck(pending).Run(create with { Id = id });
        return verdict.Concrete is null ? verdict : verdict with { Result = verdict.Result with { GeneratedId = id } };

        bool Exists(SectionId candidate) => pending.Outline(candidate) is not null;
    }

    /// <summary>For a vector that is checked in slices, during which neither the table nor what is pending changes.</summary>
    internal ContentCheck BeginCheck(PendingSections pending) => new(Attributes, pending, _share?.Growth());

    /// <summary>Applies one stable update. Never fails for a change that <see cref="Check"/> let through in the same order.</summary>
    /// <param name="sequence">Above <see cref="Sequence"/>; holes are updates that changed no section.</param>
    /// <param name="wallTime">The update's own time in nanoseconds since 1970 UTC: the same on every host.</param>
    /// <param name="pages">Gets the pages that changed; null when nobody wants them.</param>
    /// <returns>What trackers are told, in the order of the vector.</returns>
    /// <exception cref="BrokenOrderException">The update cannot follow the ones before it.</exception>
    /// <exception cref="Exception">Any other: the table is half changed, and must not be used any more.</exception>
    public IReadOnlyList<SectionChange> Apply(
        ContentOp op, long sequence, long wallTime, ICollection<SectionMapProtocol.PageChange>? pages)
    {
        Advance(sequence);
        switch (op)
        {
            case ContentOp.Write write:
                return Write(write, wallTime, pages);
            case ContentOp.ExpireSections expire:
                return Expire(expire, pages);
            default:
                foreach (var id in SectionOps.IdsOf(op))
                    Put(Find(id), SectionOps.Apply(Find(id), id, op, sequence, wallTime), pages, id);
                return ChangeOf(op);
        }
    }

    /// <summary>As <see cref="Apply"/>, in slices; until it is done no other update is applied.</summary>
    internal TableUpdate Begin(ContentOp op, long sequence, long wallTime) => new(this, op, sequence, wallTime);

    /// <summary>An update that changes no section (retention, hand-over, ...) has been applied elsewhere.</summary>
    public void Advance(long sequence)
    {
        if (sequence <= Sequence)
            throw new BrokenOrderException($"Update {sequence} comes after update {Sequence}.");
        Sequence = sequence;
    }

    /// <summary>At most <paramref name="max"/> sections whose time has come, the earliest first. They stay until an ordered update expires them.</summary>
    public IReadOnlyList<SectionId> DueAt(long wallTime, int max) => _expiry.DueAt(wallTime, max);

    /// <summary>A consistent state to fill a newcomer from, while updates go on: references to immutable sections.</summary>
    public TableSnapshot Snapshot() => new(Attributes, Sequence, _sections.Values.ToArray());

    /// <summary>Every page, for a map that has none of them yet: a new checkpoint's, or a filled newcomer's.</summary>
    public IReadOnlyList<SectionMapProtocol.PageChange> AllPages()
    {
        List<SectionMapProtocol.PageChange> pages = [];
        foreach (var section in _sections.Values)
            SectionPageChanges.Add(pages, section.Id, null, section);
        return pages;
    }

    /// <summary>Gives the room in the map's accounts back; the table is not used afterwards.</summary>
    public void Release() => _share?.Release();

    internal static SectionTable Restore(CreationAttributes attributes, long sequence, MapShare? share, IEnumerable<Section> sections, int count = 0)
    {
        var table = new SectionTable(attributes, share) { Sequence = sequence };
        table._sections.EnsureCapacity(count);
        foreach (var section in sections)
            table.Put(null, section, null);
        return table;
    }

    private List<SectionChange> Write(ContentOp.Write write, long wallTime, ICollection<SectionMapProtocol.PageChange>? pages)
    {
        if (write.Elements is [var only])
            return WriteOnly(only, write.Elements, wallTime, pages);
        List<SectionChange> changes = new(write.Elements.Count);
        Dictionary<SectionId, SectionEdit> edits = new(write.Elements.Count);
        foreach (var element in write.Elements)
        {
            ref var edit = ref CollectionsMarshal.GetValueRefOrAddDefault(edits, element.Id, out _);
            edit ??= new SectionEdit(Find(element.Id)
                ?? throw new InvalidOperationException($"Update {Sequence} writes section {element.Id}, which does not exist."));
            edit.Cover(element);
        }

        foreach (var element in write.Elements)
        {
            edits[element.Id].Write(element);
            if (!element.Data.IsEmpty)
                changes.Add(new(SectionChangeKind.Written, element.Id, element.Offset, element.Data.Length));
        }

        foreach (var (id, edit) in edits)
            Put(Find(id), edit.Build(wallTime, Sequence), pages, id);
        return changes;
    }

    /// <summary>Most writes have one element; they need no table of edits.</summary>
    private List<SectionChange> WriteOnly(
        WriteElement element, IReadOnlyList<WriteElement> vector, long wallTime, ICollection<SectionMapProtocol.PageChange>? pages)
    {
        var before = Find(element.Id);
        Put(before, SectionOps.Write(before, element.Id, vector, Sequence, wallTime), pages, element.Id);
        return element.Data.IsEmpty ? [] : [new(SectionChangeKind.Written, element.Id, element.Offset, element.Data.Length)];
    }

    private List<SectionChange> Expire(ContentOp.ExpireSections expire, ICollection<SectionMapProtocol.PageChange>? pages)
    {
        List<SectionChange> changes = [];
        foreach (var id in expire.Ids)
        {
            var section = Find(id);
            if (!SectionOps.IsDue(section, expire))
                continue;
            Put(section, null, pages, id);
            changes.Add(new(SectionChangeKind.Expired, id, 0, 0));
        }

        return changes;
    }

    private static IReadOnlyList<SectionChange> ChangeOf(ContentOp op) => op switch
    {
        ContentOp.CreateSection create => [new(SectionChangeKind.Created, create.Id, 0, create.Data.Length)],
        ContentOp.DeleteSection delete => [new(SectionChangeKind.Deleted, delete.Id, 0, 0)],
        ContentOp.Overwrite overwrite => [new(SectionChangeKind.Overwritten, overwrite.Id, 0, overwrite.Data.Length)],
        _ => [],
    };

    private void Put(Section? before, Section after, ICollection<SectionMapProtocol.PageChange>? pages) =>
        Put(before, after, pages, after.Id);

    internal void Put(Section? before, Section? after, ICollection<SectionMapProtocol.PageChange>? pages, SectionId id)
    {
        if (ReferenceEquals(before, after))
            return;
        if (after is null)
            _sections.Remove(id);
        else
            _sections[id] = after;

        BytesUsed += (after?.Size ?? 0) - (before?.Size ?? 0);
        _idBytes += (after is null ? 0 : id.Length) - (before is null ? 0 : id.Length);
        CorruptCount += (after is { IsCorrupted: true } ? 1 : 0) - (before is { IsCorrupted: true } ? 1 : 0);
        _expiry.Move(id, before?.ExpirationTime ?? AisTime.End, after?.ExpirationTime ?? AisTime.End);
        _share?.Changed(id, before?.Size ?? -1, after?.Size ?? -1);
        if (pages is not null)
            SectionPageChanges.Add(pages, id, before, after);
    }
}
