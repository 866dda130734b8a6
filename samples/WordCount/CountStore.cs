using System.Buffers.Binary;
using Checkpoint.Client;
using Checkpoint.Protocol;

namespace WordCount;

/// <summary>How far the counting is.</summary>
/// <param name="Offset">The next piece begins at this byte of the file.</param>
/// <param name="Pieces">Pieces counted, by whichever worker.</param>
public readonly record struct Cursor(long Offset, long Pieces);

/// <summary>
/// The counts in their checkpoint: 256 sections of slots, one with the cursor, and one, the <em>fence</em>, that belongs to the worker that
/// leads. Every piece is one vector write which also touches the fence: it is all or nothing, so once the fence is deleted, no write of that
/// worker can ever be done, however late it arrives.
/// </summary>
public sealed class CountStore : IAsyncDisposable
{
    public static readonly CheckpointName Name = new("safCkpt=wordcount");

    private const string FencePrefix = "fence/";

    /// <summary>Sections read in one call when the counts are loaded: a bounded answer, whatever the file is.</summary>
    private const int SectionsAtATime = 32;

    private static readonly SectionId CursorId = new("cursor");

    private static readonly CreationAttributes Attributes = new(
        CreationFlags.WriteAllReplicas,
        CheckpointSize: 1UL << 28,
        RetentionDuration: 3600 * AisTime.NanosecondsPerSecond,
        MaxSections: 1024,
        MaxSectionSize: 64UL << 20,
        MaxSectionIdSize: 64);

    private readonly CheckpointHandle _handle;
    private readonly Retry _retry;
    private SectionId _fence;
    private SlotTable _slots = new();

    private CountStore(CheckpointHandle handle, Retry retry) => (_handle, _retry) = (handle, retry);

    public int Words => _slots.Words;

    public static async Task<CountStore> OpenAsync(CheckpointClient client, Retry retry, CancellationToken cancel)
    {
        var handle = await retry.RunAsync(() => client.OpenAsync(Name, attributes: Attributes, cancel: cancel), cancel);
        return new CountStore(handle, retry);
    }

    /// <summary>A new fence of our own. It fences nobody yet.</summary>
    public async Task RaiseFenceAsync(CancellationToken cancel)
    {
        var fence = new SectionId($"{FencePrefix}{Guid.NewGuid():N}");
        await CreateAsync(fence, new byte[8], cancel);
        _fence = fence;
    }

    /// <summary>Deletes every fence but ours: what their owners have sent or will send is refused from here on.</summary>
    public async Task FenceOthersAsync(CancellationToken cancel)
    {
        foreach (var section in await FencesAsync(cancel))
            if (section != _fence)
                await DeleteAsync(section, cancel);
    }

    public async Task LowerFenceAsync(CancellationToken cancel) => await DeleteAsync(_fence, cancel);

    /// <summary>Reads the counts as they are. To be called behind the fence: nobody else can write them then.</summary>
    public async Task<Cursor> LoadAsync(CancellationToken cancel)
    {
        await CreateAsync(CursorId, new byte[16], cancel);
        var creating = Enumerable.Range(0, SlotTable.Sections).Select(index => CreateAsync(SlotTable.SectionOf(index), default, cancel));
        await Task.WhenAll(creating);

        _slots = new SlotTable();
        for (var first = 0; first < SlotTable.Sections; first += SectionsAtATime)
        {
            var elements = Enumerable.Range(first, SectionsAtATime).Select(index => new ReadElement(SlotTable.SectionOf(index), 0, ReadElement.Whole)).ToList();
            var contents = await _retry.RunAsync(() => _handle.ReadAsync(elements, cancel), cancel);
            for (var i = 0; i < contents.Count; i++)
                _slots.Load(first + i, contents[i]);
        }

        var cursor = await _retry.RunAsync(() => _handle.ReadAsync(CursorId, cancel: cancel), cancel);
        return new Cursor(BinaryPrimitives.ReadInt64LittleEndian(cursor.Span), BinaryPrimitives.ReadInt64LittleEndian(cursor.Span[8..]));
    }

    /// <summary>One piece: the counts that changed, the cursor and the fence in one vector write. The caller awaits it before the next.</summary>
    /// <exception cref="CheckpointException">
    /// NOT_EXIST: another worker leads. TRY_AGAIN: not done, and may be done again as it is. Else unknown: <see cref="LoadAsync"/> behind a new fence tells.
    /// </exception>
    public PieceWrite Prepare(IReadOnlyDictionary<WordKey, long> counts, Cursor after)
    {
        var cursor = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(cursor, after.Offset);
        BinaryPrimitives.WriteInt64LittleEndian(cursor.AsSpan(8), after.Pieces);
        return new PieceWrite(_handle, [new WriteElement(_fence, 0, cursor.AsMemory(8)), new WriteElement(CursorId, 0, cursor), .. _slots.Add(counts)]);
    }

    public async ValueTask DisposeAsync() => await _handle.DisposeAsync();

    private async Task<List<SectionId>> FencesAsync(CancellationToken cancel) => await _retry.RunAsync(
        async () =>
        {
            List<SectionId> fences = [];
            await foreach (var section in _handle.SectionsAsync(cancel: cancel))
                if (section.Id.ToString().StartsWith(FencePrefix, StringComparison.Ordinal))
                    fences.Add(section.Id);
            return fences;
        },
        cancel);

    /// <summary>EXIST is as good: our own attempt before, or whoever counted before us.</summary>
    private async Task CreateAsync(SectionId id, ReadOnlyMemory<byte> data, CancellationToken cancel) =>
        await _retry.RunAsync(() => _handle.CreateSectionAsync(id, data, cancel: cancel), cancel, but: AisStatus.Exist);

    private async Task DeleteAsync(SectionId id, CancellationToken cancel) => await _retry.RunAsync(
        async () =>
        {
            await _handle.DeleteSectionAsync(id, cancel);
            return id;
        },
        cancel,
        but: AisStatus.NotExist);
}

/// <summary>The write of one piece, which may be sent again when it was certainly not done.</summary>
public sealed class PieceWrite(CheckpointHandle handle, IReadOnlyList<WriteElement> elements)
{
    public ValueTask SendAsync(CancellationToken cancel) => handle.WriteAsync(elements, cancel);
}
