using Checkpoint.Client;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Cluster;

[Collection(SharedClusterCollection.Name)]
public sealed class TrackingSpec(SharedCluster cluster)
{
    private static readonly SectionId Last = new("last");

    [Fact(DisplayName = "A tracker is told each change once, in the checkpoint's order, with what it touched and its position")]
    public async Task Each_change_once()
    {
        var name = Name("tracked");
        await using var one = await cluster.A.OpenAsync(name, Attributes());
        await using var two = await cluster.B.OpenAsync(name);
        await using var tracker = await cluster.C.OpenAsync(name);
        await one.CreateSectionAsync(Section(1));
        await one.CreateSectionAsync(Section(2));
        await using var changes = await StartedAsync(tracker, one);

        await Task.WhenAll(WriteAsync(one, Section(1)), WriteAsync(two, Section(2)));
        await one.WriteAsync([new WriteElement(Section(1), 7, Bytes("a")), new WriteElement(Section(2), 9, Bytes("bcd"))]);
        await two.DeleteSectionAsync(Section(1));
        await one.CreateSectionAsync(Last);

        var seen = await UntilCreatedAsync(changes, Last);
        Assert.DoesNotContain(seen, change => change.IsGap);
        Assert.Equal(seen.Select(change => change.Position).Order(), seen.Select(change => change.Position));
        foreach (var section in new[] { Section(1), Section(2) })
            Assert.Equal(Enumerable.Range(0, 100).Select(index => 100L + index), seen.Where(change => change.Section == section && change.Size == 2).Select(change => change.Offset));
        var vector = seen.Where(change => change.Size is 1 or 3).ToList();
        Assert.Equal([(Section(1), 7L, 1L), (Section(2), 9L, 3L)], vector.Select(change => (change.Section, change.Offset, change.Size)));
        Assert.Single(vector.Select(change => change.Position).Distinct());
        Assert.Single(seen, change => change.Kind == SectionChangeKind.Deleted && change.Section == Section(1));
        Assert.Equal(200 + 2 + 1 + 1, seen.Count);
    }

    [Fact(DisplayName = "A reader too slow for what is written is told one gap where changes are missing, and everything after it")]
    public async Task Slow_reader()
    {
        const int writes = 8_000;
        var name = Name("slow");
        await using var writer = await cluster.A.OpenAsync(name, Attributes());
        await using var tracker = await cluster.B.OpenAsync(name);
        await writer.CreateSectionAsync(Section(1));
        await using var changes = await StartedAsync(tracker, writer);

        for (var written = 0; written < writes; written += 100)
            await Task.WhenAll(Enumerable.Range(written, 100).Select(index => writer.WriteAsync(Section(1), index % 1_000, Bytes("x")).AsTask()));

        await tracker.ReadAsync(Section(1)); // B has applied it all by now, and the tracker's Session was told before this answer.

        List<CheckpointChange> seen = [];
        while (seen.Count == 0 || !seen[^1].IsGap)
            seen.Add(await NextAsync(changes));
        await writer.CreateSectionAsync(Last);
        seen.AddRange(await UntilCreatedAsync(changes, Last));

        Assert.InRange(seen.Count, 2, writes);
        Assert.Single(seen, change => change.IsGap);
        var positions = seen.Select(change => change.Position).ToList();
        Assert.Equal(positions.Distinct().Order(), positions);
    }

    /// <summary>From here on the tracker is told everything: what the writer did to find that out is behind.</summary>
    private static async Task<IAsyncEnumerator<CheckpointChange>> StartedAsync(CheckpointHandle tracker, CheckpointHandle writer)
    {
        var changes = tracker.ChangesAsync().GetAsyncEnumerator();
        var first = changes.MoveNextAsync().AsTask();
        // Tracking begins with a request on the tracker's connection; until the host has it, what is written is not told.
        for (var attempt = 0; !first.IsCompleted; attempt++)
        {
            Assert.True(attempt < 300, "no change was told");
            await writer.CreateSectionAsync(new SectionId($"probe {attempt}"));
            await Task.WhenAny(first, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System));
        }

        Assert.True(await first, "the changes ended");
        await writer.CreateSectionAsync(new SectionId("started"));
        await UntilCreatedAsync(changes, new SectionId("started"));
        return changes;
    }

    private static async Task WriteAsync(CheckpointHandle handle, SectionId section)
    {
        for (var index = 0; index < 100; index++)
            await handle.WriteAsync(section, 100 + index, Bytes("ab"));
    }

    private static async Task<List<CheckpointChange>> UntilCreatedAsync(IAsyncEnumerator<CheckpointChange> changes, SectionId section)
    {
        List<CheckpointChange> seen = [];
        while (seen.Count == 0 || seen[^1] is not { Kind: SectionChangeKind.Created } last || last.Section != section)
            seen.Add(await NextAsync(changes));
        return seen;
    }

    private static async Task<CheckpointChange> NextAsync(IAsyncEnumerator<CheckpointChange> changes)
    {
        Assert.True(await changes.MoveNextAsync().AsTask().WaitAsync(TestCluster.Patience), "the changes ended");
        return changes.Current;
    }
}
