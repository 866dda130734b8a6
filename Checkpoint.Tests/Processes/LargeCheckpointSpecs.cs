using Checkpoint.Client;
using Checkpoint.Protocol;
using Checkpoint.Tests.Cluster;
using Xunit.Abstractions;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Processes;

/// <summary>The sizes that the specification of the service allows, on real hosts.</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class LargeCheckpointSpecs(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly HostCluster _cluster = HostCluster.Of(3);
    private IReadOnlyList<HostUnderTest> _hosts = [];

    public async Task InitializeAsync() => _hosts = await _cluster.StartAllAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(DisplayName = "Five checkpoints of 40,000 sections of 1 KiB, each written by its own application, are read whole by a sixth, 1,000 sections a call")]
    public async Task Many_sections()
    {
        const int sections = 40_000;
        var names = Enumerable.Range(0, 5).Select(index => Name($"large{index}")).ToList();
        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(names.Select((name, index) => FillAsync(name, index, sections)));
        output.WriteLine($"written in {TimeProvider.System.GetElapsedTime(began)}");

        began = TimeProvider.System.GetTimestamp();
        await using var reader = await Application.AtAsync(_hosts[2]);
        for (var index = 0; index < names.Count; index++)
        {
            await using var handle = await reader.OpenAsync(names[index]);
            Assert.Equal(sections, (await handle.GetStatusAsync()).SectionCount);
            foreach (var some in Enumerable.Range(0, sections).Chunk(1_000))
            {
                var read = await Application.PatientlyAsync(() => handle.ReadAsync([.. some.Select(number => new ReadElement(Section(number), 0, ReadElement.Whole))]));
                for (var i = 0; i < some.Length; i++)
                    Assert.True(read[i].Span.SequenceEqual(Content(index, some[i]).Span), $"section {some[i]} of checkpoint {index} is not what was written");
            }
        }

        output.WriteLine($"read in {TimeProvider.System.GetElapsedTime(began)}");
        HostLogs.AssertGood(_cluster);
    }

    [Fact(DisplayName = "A section of 64 MiB is written in one call and read back whole through another host; no host is lost over it")]
    public async Task Large_section()
    {
        const int size = 64 << 20;
        var name = Name("large");
        await using var one = await Application.AtAsync(_hosts[0]);
        await using var two = await Application.AtAsync(_hosts[2]);
        await using var writer = await one.OpenAsync(name, Attributes(maxSections: 1, maxSectionSize: size));
        await using var reader = await two.OpenAsync(name);
        var content = new byte[size];
        Seed.Printed(output).NextBytes(content);

        var began = TimeProvider.System.GetTimestamp();
        await writer.OverwriteAsync(SectionId.Default, content);
        output.WriteLine($"written in {TimeProvider.System.GetElapsedTime(began)}");
        began = TimeProvider.System.GetTimestamp();
        var read = await reader.ReadAsync(SectionId.Default);
        output.WriteLine($"read in {TimeProvider.System.GetElapsedTime(began)}");

        Assert.True(content.AsSpan().SequenceEqual(read.Span), $"{read.Length} bytes were read, not those written");
        HostLogs.AssertGood(_cluster);
    }

    private async Task FillAsync(CheckpointName name, int index, int sections)
    {
        await using var application = await Application.AtAsync(_hosts[index % 3]);
        await using var handle = await application.OpenAsync(name, Attributes(maxSections: (uint)sections, maxSectionSize: 4_096));
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            for (var number = Interlocked.Increment(ref next); number < sections; number = Interlocked.Increment(ref next))
            {
                var (id, content) = (Section(number), Content(index, number));
                await Application.PatientlyAsync(() => handle.CreateSectionAsync(id, content));
            }
        }));
    }

    /// <summary>1 KiB that no other section has.</summary>
    private static ReadOnlyMemory<byte> Content(int checkpoint, int section)
    {
        var content = new byte[1_024];
        new Random((checkpoint * 1_000_000) + section).NextBytes(content);
        return content;
    }
}
