using Checkpoint.Actors.Content;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Actors.Content;

/// <summary>A table with its pending changes, driven as an orderer drives it: check, order, and later apply.</summary>
internal sealed class TableDriver
{
    private readonly Queue<(ContentOp Op, long Sequence, long Time)> _ordered = new();
    private readonly Random _random = new(7);
    private readonly List<(ReadOnlyMemory<byte> Page, byte[] Copy)> _shown = [];
    private long _sequence;

    public TableDriver(CreationAttributes? attributes = null, MapShare? share = null)
    {
        Table = new SectionTable(attributes ?? Attributes(), creationTime: 5, share);
        Pending = new PendingSections(Table);
    }

    public SectionTable Table { get; }

    public PendingSections Pending { get; }

    /// <summary>Every page change of every applied update, as the map would have them.</summary>
    public Dictionary<PageKey, byte[]> Pages { get; } = [];

    public long Time { get; set; } = 1000;

    public static CreationAttributes Attributes(uint maxSections = 8, ulong maxSectionSize = 100_000, ulong maxIdSize = 16) =>
        new(CreationFlags.WriteAllReplicas, 1024, 0, maxSections, maxSectionSize, maxIdSize);

    public static SectionId Id(string text) => new(text);

    public static byte[] Bytes(int count, byte value = 1) => Enumerable.Repeat(value, count).ToArray();

    /// <summary>Checks and, when it is let through, orders.</summary>
    public ContentResult Order(ContentOp op)
    {
        Share();
        var (result, concrete, _) = Table.Check(op, Pending, () => (ulong)_random.NextInt64());
        if (concrete is null)
            return result;
        _ordered.Enqueue((concrete, ++_sequence, Time));
        Pending.Add(concrete, _sequence, Time);
        return result;
    }

    /// <summary>The oldest ordered change becomes stable.</summary>
    public IReadOnlyList<SectionChange> Apply()
    {
        Share();
        var (op, sequence, time) = _ordered.Dequeue();
        List<SectionMapProtocol.PageChange> pages = [];
        var changes = Table.Apply(op, sequence, time, pages);
        Pending.Remove(sequence);
        Show(pages);
        return changes;
    }

    /// <summary>Ordered, stable and applied at once, with nothing pending.</summary>
    public bool TryWriteInPlace(ContentOp op)
    {
        var request = new WriteRequest();
        Assert.True(request.TryDecode(SessionCodec.Encode(new SessionProtocol.Request(1, 1, new SessionProtocol.Change(1, op)))));
        if (_ordered.Count > 0 || !Table.CanWriteInPlace(request.Elements, request.IsOverwrite))
            return false;
        Table.WriteInPlace(request.Elements, ++_sequence, Time);
        return true;
    }

    /// <summary>Nothing that the map was ever shown has been written to since.</summary>
    public void AssertShownUntouched() => Assert.All(_shown, shown => Assert.True(shown.Page.Span.SequenceEqual(shown.Copy)));

    private void Share()
    {
        List<SectionMapProtocol.PageChange> pages = [];
        Table.ShareWritten(pages);
        Show(pages);
    }

    private void Show(List<SectionMapProtocol.PageChange> pages)
    {
        foreach (var page in pages)
            if (page.Bytes is { } bytes)
                _shown.Add((bytes, Pages[page.Key] = bytes.ToArray()));
            else
                Pages.Remove(page.Key);
    }

    public void ApplyAll()
    {
        Share();
        while (_ordered.Count > 0)
            Apply();
    }

    /// <summary>Orders and applies; the change must be let through.</summary>
    public IReadOnlyList<SectionChange> Do(ContentOp op)
    {
        Assert.Equal(AisStatus.Ok, Order(op).Status);
        ApplyAll();
        return [];
    }

    public AisStatus Status(ContentOp op) => Order(op).Status;

    public TableDriver Create(string id, int size = 0, byte value = 1, long expiration = AisTime.End)
    {
        Do(new ContentOp.CreateSection(Id(id), expiration, Bytes(size, value)));
        return this;
    }

    public byte[] ReadWhole(SectionId id) =>
        Table.Read([new(id, 0, ReadElement.Whole)]) is { Status: AisStatus.Ok } read
            ? read.Data[0].ToArray()
            : throw new InvalidOperationException($"{id} cannot be read");

    public static ContentOp.Write Write(params (SectionId Id, long Offset, byte[] Data)[] elements) =>
        new(elements.Select(element => new WriteElement(element.Id, element.Offset, element.Data)).ToList());
}
