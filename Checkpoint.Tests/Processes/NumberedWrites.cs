using System.Collections.Concurrent;
using Checkpoint.Client;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Processes;

/// <summary>
/// Numbers, each written by creating a section whose id the service chooses: one executed twice would be there twice. A refused one
/// (TRY_AGAIN) is tried again, an unknown one (TIMEOUT) never.
/// </summary>
/// <param name="onAcknowledged">Called with the count of acknowledged writes.</param>
public sealed class NumberedWrites(int count, Action<int> onAcknowledged)
{
    private readonly ConcurrentQueue<int> _open = new(Enumerable.Range(0, count));
    private readonly ConcurrentBag<int> _acknowledged = [];
    private readonly ConcurrentBag<int> _unknown = [];
    private int _acknowledgedCount;
    private int _refused;

    /// <summary>Writes until no number is left, with so many calls at a time.</summary>
    public Task RunAsync(CheckpointHandle handle, int lanes) => Task.WhenAll(Enumerable.Range(0, lanes).Select(_ => LaneAsync(handle)));

    public override string ToString() => $"{_acknowledged.Count} acknowledged, {_unknown.Count} unknown, {_refused} refused and tried again";

    /// <summary>Every acknowledged number is there, none twice, and nothing that was never written.</summary>
    public void AssertIn(IReadOnlyList<int> found)
    {
        Assert.Equal(count, _acknowledged.Count + _unknown.Count);
        Assert.Equal(found.Distinct().Count(), found.Count);
        Assert.Empty(_acknowledged.Except(found));
        Assert.Empty(found.Except(_acknowledged).Except(_unknown));
    }

    /// <summary>The numbers of all sections, in order.</summary>
    public static async Task<IReadOnlyList<int>> ReadAsync(CheckpointHandle handle)
    {
        List<SectionId> sections = [];
        await foreach (var section in handle.SectionsAsync())
            sections.Add(section.Id);
        List<int> numbers = [];
        foreach (var some in sections.Chunk(500))
            numbers.AddRange((await handle.ReadAsync([.. some.Select(id => new ReadElement(id, 0, ReadElement.Whole))])).Select(data => BitConverter.ToInt32(data.Span)));
        return [.. numbers.Order()];
    }

    private async Task LaneAsync(CheckpointHandle handle)
    {
        while (_open.TryDequeue(out var number))
        {
            var status = await StatusOfAsync(handle, number);
            for (; status == AisStatus.TryAgain; status = await StatusOfAsync(handle, number))
            {
                Interlocked.Increment(ref _refused);
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            }

            if (status == AisStatus.Ok)
            {
                _acknowledged.Add(number);
                onAcknowledged(Interlocked.Increment(ref _acknowledgedCount));
            }
            else
            {
                Assert.True(status is AisStatus.Timeout or AisStatus.Unavailable, $"number {number}: {status}");
                _unknown.Add(number);
            }
        }
    }

    private static async Task<AisStatus> StatusOfAsync(CheckpointHandle handle, int number)
    {
        try
        {
            await handle.CreateSectionAsync(default, BitConverter.GetBytes(number));
            return AisStatus.Ok;
        }
        catch (CheckpointException fault)
        {
            return fault.Status;
        }
    }
}
