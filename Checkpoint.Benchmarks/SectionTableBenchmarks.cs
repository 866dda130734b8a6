using BenchmarkDotNet.Attributes;
using Checkpoint.Actors.Content;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;

namespace Checkpoint.Benchmarks;

/// <summary>
/// What one change and one read cost the table. The rows to compare are those with 10 and with 10,000 sections: they have to be alike
/// (`flatness` of the whole service is measured by ./checkpoint bench).
/// </summary>
[MemoryDiagnoser]
public class SectionTableBenchmarks
{
    private const int SectionSizeBytes = 64;

    private readonly byte[] _data = new byte[SectionSizeBytes];
    private readonly List<SectionMapProtocol.PageChange> _pages = [];
    private SectionTable _table = null!;
    private PendingSections _pending = null!;
    private ContentOp[] _writes = [];
    private ReadElement[][] _reads = [];
    private int _next;
    private long _sequence;

    [Params(10, 10_000)]
    public int Sections { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var attributes = new CreationAttributes(CreationFlags.WriteAllReplicas, 0, 0, (uint)Sections, 1024, 16);
        var share = new MapShare(new MapCapacity(BucketPool.ForQuota(1L << 30)), new IncarnationId(Guid.Empty), attributes);
        _table = new SectionTable(attributes, 0, share);
        _pending = new PendingSections(_table);
        var ids = Enumerable.Range(0, Sections).Select(number => new SectionId($"section-{number}")).ToArray();
        foreach (var id in ids)
            _table.Apply(new ContentOp.CreateSection(id, AisTime.End, _data), ++_sequence, _sequence, null);

        new Random(1).Shuffle(ids);
        _writes = [.. ids.Select(id => new ContentOp.Write([new(id, 0, _data)]))];
        _reads = [.. ids.Select(id => new ReadElement[] { new(id, 0, SectionSizeBytes) })];
    }

    [Benchmark]
    public int CheckOrderApply()
    {
        var op = _writes[_next++ % _writes.Length];
        var (_, concrete, _) = _table.Check(op, _pending, static () => 0);
        _pending.Add(concrete!, ++_sequence, _sequence);
        _pages.Clear();
        _table.Apply(concrete!, _sequence, _sequence, _pages);
        _pending.Remove(_sequence);
        return _pages.Count;
    }

    [Benchmark]
    public int Read() => _table.Read(_reads[_next++ % _reads.Length]).Data.Count;
}
