using Checkpoint.Client;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Processes;

/// <summary>Every call of <see cref="CheckpointClient"/>, every parameter of it, every boundary of that parameter: what the C interface is tried with too.</summary>
public sealed class ExtremeClientCalls : IAsyncDisposable
{
    private const int LargeBytes = 65_536;

    private static readonly AisStatus[] Ok = [AisStatus.Ok];
    private static readonly AisStatus[] OpenCodes = [AisStatus.Ok, AisStatus.InvalidParam, AisStatus.BadFlags, AisStatus.NotExist];
    private static readonly AisStatus[] ChangeCodes = [AisStatus.Ok, AisStatus.InvalidParam, AisStatus.NotExist, AisStatus.NoMemory, AisStatus.NoResources];
    private static readonly AisStatus[] CreateCodes = [.. ChangeCodes, AisStatus.Exist, AisStatus.NoSpace];
    private static readonly AisStatus[] ReadCodes = [AisStatus.Ok, AisStatus.InvalidParam, AisStatus.NotExist, AisStatus.NoMemory];
    private static readonly AisStatus[] SynchronizeCodes = [AisStatus.Ok, AisStatus.InvalidParam, AisStatus.BadOperation];

    private readonly CheckpointClient _client;
    private readonly Random _random;
    private readonly Boundaries _boundaries;
    private readonly string _prefix = $"safCkpt=extreme-{Guid.NewGuid():N}-";
    private readonly List<CheckpointHandle> _handles = [];
    private int _names;

    private ExtremeClientCalls(CheckpointClient client, Random random, bool brief) =>
        (_client, _random, _boundaries) = (client, random, new Boundaries(brief));

    private sealed record Row(string Function, string Parameter, IReadOnlyList<object> Values, AisStatus[] Allowed, Func<object, Task> Call);

    public CallTable Table { get; } = new();

    /// <summary>With checkpoints of the widest limits, one of each kind.</summary>
    public static async Task<ExtremeClientCalls> OnAsync(CheckpointClient client, Random random, bool brief)
    {
        var calls = new ExtremeClientCalls(client, random, brief);
        foreach (var flags in new[] { CreationFlags.WriteAllReplicas, CreationFlags.WriteActiveReplica, CreationFlags.WriteActiveReplicaWeak })
            foreach (var sections in new[] { 1u, uint.MaxValue })
                calls._handles.Add(await client.OpenAsync(
                    calls.NextName(), OpenFlags.Create | OpenFlags.Read | OpenFlags.Write, Widest(flags) with { MaxSections = sections }));
        foreach (var handle in calls._handles.Where(handle => !handle.CreationAttributes.HasDefaultSection))
            await handle.CreateSectionAsync(Some, new byte[1]);
        return calls;
    }

    /// <summary>Each boundary of each parameter once, in a seeded order, then seeded ones until there are that many calls.</summary>
    public async Task RunAsync(int callsMin)
    {
        var rows = Rows();
        var all = rows.SelectMany(row => row.Values.Select(value => (Row: row, Value: value))).ToArray();
        _random.Shuffle(all);
        foreach (var (row, value) in all)
            await MakeAsync(row, value);
        while (Table.Calls < callsMin)
        {
            var row = rows[_random.Next(rows.Count)];
            await MakeAsync(row, row.Values[_random.Next(row.Values.Count)]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var handle in _handles)
            await handle.DisposeAsync();
    }

    private static SectionId Some => new("some");

    private static CreationAttributes Widest(CreationFlags flags) => new(flags, 0, 0, uint.MaxValue, ulong.MaxValue, ulong.MaxValue);

    private static SectionId Id(object length) => new(new byte[(int)length]);

    private CheckpointName NextName() => new($"{_prefix}{_names++}");

    private CheckpointHandle AnyHandle() => _handles[_random.Next(_handles.Count)];

    private static SectionId SectionOf(CheckpointHandle handle) => handle.CreationAttributes.HasDefaultSection ? SectionId.Default : Some;

    private Task MakeAsync(Row row, object value) => Table.TryAsync(row.Function, row.Parameter, value, row.Allowed, () => row.Call(value));

    private List<Row> Rows() => [.. OpenRows(), .. ContentRows(), .. SectionRows(), .. OtherRows()];

    private IEnumerable<Row> OpenRows()
    {
        yield return new("Open", "name length", _boundaries.Lengths, OpenCodes, length => OpenAsync(new CheckpointName(NameBytes((int)length)), OpenFlags.Create | OpenFlags.Read, Widest(CreationFlags.WriteAllReplicas)));
        yield return new("Open", "access", _boundaries.UInts, OpenCodes, access => OpenAsync(NextName(), (OpenFlags)(uint)access, Widest(CreationFlags.WriteAllReplicas)));
        yield return OpenRow("Flags", _boundaries.UInts, (attributes, value) => attributes with { Flags = (CreationFlags)(uint)value });
        yield return OpenRow("CheckpointSize", _boundaries.ULongs, (attributes, value) => attributes with { CheckpointSize = (ulong)value });
        yield return OpenRow("RetentionDuration", _boundaries.Longs, (attributes, value) => attributes with { RetentionDuration = (long)value });
        yield return OpenRow("MaxSections", _boundaries.UInts, (attributes, value) => attributes with { MaxSections = (uint)value });
        yield return OpenRow("MaxSectionSize", _boundaries.ULongs, (attributes, value) => attributes with { MaxSectionSize = (ulong)value });
        yield return OpenRow("MaxSectionIdSize", _boundaries.ULongs, (attributes, value) => attributes with { MaxSectionIdSize = (ulong)value });
        yield return new("TryOpen", "access", _boundaries.UInts, OpenCodes, async access => await _client.TryOpenAsync(NextName(), (OpenFlags)(uint)access));
        yield return new("Unlink", "name length", _boundaries.Lengths, OpenCodes, async length => await _client.UnlinkAsync(new CheckpointName(NameBytes((int)length))));
    }

    private Row OpenRow(string attribute, IReadOnlyList<object> values, Func<CreationAttributes, object, CreationAttributes> with) => new(
        "Open", attribute, values, OpenCodes,
        value => OpenAsync(NextName(), OpenFlags.Create | OpenFlags.Read | OpenFlags.Write, with(Widest(CreationFlags.WriteAllReplicas), value)));

    private byte[] NameBytes(int length)
    {
        var name = new byte[length];
        name.AsSpan().Fill((byte)'x');
        var unique = NextName().Bytes.Span;
        unique[..Math.Min(length, unique.Length)].CopyTo(name);
        return name;
    }

    private async Task OpenAsync(CheckpointName name, OpenFlags access, CreationAttributes attributes)
    {
        await using var handle = await _client.OpenAsync(name, access, attributes);
        if (access.HasFlag(OpenFlags.Read))
            Assert.Equal(attributes, (await handle.GetStatusAsync()).Attributes);
        await _client.UnlinkAsync(name);
    }

    private IEnumerable<Row> ContentRows()
    {
        yield return new("Write", "offset", _boundaries.Longs, ChangeCodes, offset => WriteAsync((long)offset, 1));
        yield return new("Write", "data length", _boundaries.Sizes, ChangeCodes, size => WriteAsync(_random.Next(100), (int)size));
        yield return new("Write", "elements", _boundaries.Counts, ChangeCodes, count => WriteAsync((int)count));
        yield return new("Write", "id length", _boundaries.Lengths, ChangeCodes, async length => await AnyHandle().WriteAsync(Id(length), 0, new byte[1]));
        yield return new("Overwrite", "data length", _boundaries.Sizes, ChangeCodes, size => OverwriteAsync((int)size));
        yield return new("Overwrite", "id length", _boundaries.Lengths, ChangeCodes, async length => await AnyHandle().OverwriteAsync(Id(length), new byte[1]));
        yield return new("Read", "offset", _boundaries.Longs, ReadCodes, offset => ReadAsync((long)offset, ReadElement.Whole));
        yield return new("Read", "size", _boundaries.Longs, ReadCodes, size => ReadAsync(0, (long)size));
        yield return new("Read", "offset and size", _boundaries.Longs, ReadCodes, size => ReadAsync((long)size, long.MaxValue - (long)size));
        yield return new("Read", "elements", _boundaries.Counts, ReadCodes, count => ReadAsync((int)count));
        yield return new("Read", "id length", _boundaries.Lengths, ReadCodes, async length => await AnyHandle().ReadAsync(Id(length)));
    }

    private async Task WriteAsync(long offset, int size)
    {
        var handle = AnyHandle();
        await handle.WriteAsync(SectionOf(handle), offset, new byte[size]);
        if (offset + size > LargeBytes)
            await handle.OverwriteAsync(SectionOf(handle), new byte[1]);
    }

    private async Task WriteAsync(int count)
    {
        var handle = AnyHandle();
        var data = new byte[4];
        await handle.WriteAsync([.. Enumerable.Range(0, count).Select(index => new WriteElement(SectionOf(handle), index * 4L, data))]);
        await handle.OverwriteAsync(SectionOf(handle), new byte[1]);
    }

    private async Task OverwriteAsync(int size)
    {
        var handle = AnyHandle();
        await handle.OverwriteAsync(SectionOf(handle), new byte[size]);
        if (size > LargeBytes)
            await handle.OverwriteAsync(SectionOf(handle), new byte[1]);
    }

    private async Task ReadAsync(long offset, long size)
    {
        var handle = AnyHandle();
        await handle.ReadAsync(SectionOf(handle), offset, size);
    }

    private async Task ReadAsync(int count)
    {
        var handle = AnyHandle();
        var read = await handle.ReadAsync([.. Enumerable.Repeat(new ReadElement(SectionOf(handle), 0, 1), count)]);
        Assert.Equal(count, read.Count);
    }

    private IEnumerable<Row> SectionRows()
    {
        yield return new("CreateSection", "id length", _boundaries.Lengths, CreateCodes, length => CreateAsync(Id(length), 0, null));
        yield return new("CreateSection", "data length", _boundaries.Sizes, CreateCodes, size => CreateAsync(default, (int)size, null));
        yield return new("CreateSection", "expiration", _boundaries.Times, CreateCodes, time => CreateAsync(default, 1, (DateTimeOffset)time));
        yield return new("DeleteSection", "id length", _boundaries.Lengths, ChangeCodes, length => DeleteAsync((int)length));
        yield return new("SetExpiration", "expiration", _boundaries.Times, CreateCodes, time => ExpireAsync((DateTimeOffset)time));
        yield return new("SetExpiration", "id length", _boundaries.Lengths, ChangeCodes, async length => await AnyHandle().SetExpirationAsync(Id(length), null));
        yield return new("Sections", "chosen", _boundaries.UInts, SynchronizeCodes, chosen => WalkAsync((SectionsChosen)(uint)chosen, null));
        yield return new("Sections", "time", _boundaries.Times, SynchronizeCodes, time => WalkAsync((SectionsChosen)(2 + _random.Next(2)), (DateTimeOffset)time));
    }

    private async Task CreateAsync(SectionId id, int size, DateTimeOffset? expiration)
    {
        var handle = AnyHandle();
        var created = await handle.CreateSectionAsync(id, new byte[size], expiration);
        if (expiration is null)
            await handle.DeleteSectionAsync(created);
    }

    /// <summary>No section has such an id.</summary>
    private async Task DeleteAsync(int length)
    {
        var id = new byte[length];
        id.AsSpan().Fill((byte)'d');
        await AnyHandle().DeleteSectionAsync(new SectionId(id));
    }

    private async Task ExpireAsync(DateTimeOffset time)
    {
        var handle = AnyHandle();
        var id = await handle.CreateSectionAsync(default, new byte[1]);
        await handle.SetExpirationAsync(id, time);
        if (time > TimeProvider.System.GetUtcNow().AddYears(1))
            await handle.DeleteSectionAsync(id); // What lies so far ahead has not come.
    }

    private async Task WalkAsync(SectionsChosen chosen, DateTimeOffset? time)
    {
        await foreach (var section in AnyHandle().SectionsAsync(chosen, time))
            Assert.True(section.Size >= 0);
    }

    private IEnumerable<Row> OtherRows()
    {
        yield return new("SetRetention", "retention", _boundaries.TimeSpans, SynchronizeCodes, async retention => await AnyHandle().SetRetentionAsync((TimeSpan)retention));
        yield return new("Synchronize", "timeout", _boundaries.TimeSpans, SynchronizeCodes, async timeout => await AnyHandle().SynchronizeAsync((TimeSpan)timeout));
        yield return new("GetStatus", "again and again", _boundaries.Counts, Ok, async _ => await AnyHandle().GetStatusAsync());
        yield return new("SetActiveReplica", "again and again", _boundaries.Counts, SynchronizeCodes, async _ => await AnyHandle().SetActiveReplicaAsync());
    }
}
