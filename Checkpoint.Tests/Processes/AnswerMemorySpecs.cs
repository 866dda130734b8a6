using System.Diagnostics;
using System.Globalization;
using Checkpoint.Protocol;
using Checkpoint.Tests.Cluster;
using Xunit.Abstractions;
using static Checkpoint.Protocol.SessionProtocol;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Processes;

/// <summary>What clients have on their way costs a bounded amount of memory, whatever they do with it.</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class AnswerMemorySpecs(ITestOutputHelper output)
{
    private const int Large = 64 << 20;
    private const int Deaf = 20;
    private const long HeapLimit = 1L << 30;

    /// <summary>What a process has besides its managed heap: code, stacks, the C library's heap.</summary>
    private const long BesidesHeap = 200L << 20;

    [Fact(DisplayName = "20 clients that ask for 32 answers of 64 MiB each and read none leave the host below its limit of 1 GiB, everyone else served, and give back what they took")]
    public async Task Deaf_clients()
    {
        await using var cluster = HostCluster.Of(1);
        cluster.Variables["DOTNET_GCHeapHardLimit"] = HeapLimit.ToString("x", CultureInfo.InvariantCulture);
        var host = (await cluster.StartAllAsync())[0];
        var name = Name("large");
        await using var served = await SocketClient.ConnectAsync(cluster);
        var handle = await served.OpenAsync(name);
        await served.OkAsync(new Change(handle, new ContentOp.CreateSection(Section(1), AisTime.End, new byte[Large])));
        await served.OkAsync(new Change(handle, new ContentOp.CreateSection(Section(2), AisTime.End, new byte[1024])));
        var before = Memory(host.Pid, "VmRSS");

        var deaf = Enumerable.Range(0, Deaf).Select(_ => new DeafClient(cluster.SocketPath(0), name)).ToList();
        foreach (var client in deaf)
            client.Ask(Section(1), 32);

        var worst = TimeSpan.Zero;
        for (var until = Stopwatch.StartNew(); until.Elapsed < TimeSpan.FromSeconds(4);)
        {
            var began = Stopwatch.StartNew();
            await served.OkAsync(new Change(handle, new ContentOp.Overwrite(Section(2), new byte[1024])));
            await served.OkAsync(SocketClient.Reading(handle, 2));
            worst = began.Elapsed > worst ? began.Elapsed : worst;
        }

        var large = Stopwatch.StartNew();
        Assert.Equal(Large, await served.ReadLengthAsync(handle, 1));
        output.WriteLine($"small write and read: worst {worst.TotalMilliseconds:0} ms; large read: {large.Elapsed.TotalSeconds:0.0} s; "
            + $"before {before >> 20} MiB, peak {Memory(host.Pid, "VmHWM") >> 20} MiB");
        Assert.InRange(Memory(host.Pid, "VmHWM"), 0, HeapLimit + BesidesHeap);

        deaf.ForEach(client => client.Dispose());
        await Eventually.TrueAsync("the host has given back what its clients took", () =>
            Task.FromResult(Memory(host.Pid, "VmRSS") < before + (Large * 3L)), TimeSpan.FromSeconds(30));
        output.WriteLine($"in the end {Memory(host.Pid, "VmRSS") >> 20} MiB");
    }

    private static long Memory(int pid, string what) => 1024 * long.Parse(
        File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith(what + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture);
}
