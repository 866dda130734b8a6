using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Checkpoint.Client;
using Checkpoint.Tests.Cli;
using Checkpoint.Tests.Native;
using Xunit.Abstractions;

namespace Checkpoint.Tests.Processes;

/// <summary>
/// Valid but extreme calls from C and from .NET against three real hosts, which live, stay in their view, log no error and go on serving a
/// client beside. The whole tables: <c>Checkpoint.Native/extreme/run.sh</c>, and here with CHECKPOINT_EXTREME_CALLS=20000.
/// </summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class ExtremeCallSpecs(ITestOutputHelper output) : IAsyncLifetime
{
    private const string MemoryMax = "536870912";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly HostCluster _cluster = HostCluster.Of(3);
    private IReadOnlyList<HostUnderTest> _hosts = [];

    private static int CallsWanted => Environment.GetEnvironmentVariable("CHECKPOINT_EXTREME_CALLS") is { Length: > 0 } given
        ? int.Parse(given, CultureInfo.InvariantCulture)
        : 0;

    public async Task InitializeAsync()
    {
        _cluster.Settings.Add("checkpoint.replication.memory-max=512 MiB");
        // The .NET client is in the test's own process, which other tests have filled: once its heartbeats stood still for 5 s behind 128 MiB.
        _cluster.Settings.Add("checkpoint.sessions.silence-max=20s");
        _hosts = await _cluster.StartAllAsync();
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(DisplayName = "Valid but extreme calls of the C interface: no host ends or leaves the view, each answer is one that the interface allows")]
    public async Task From_C()
    {
        var seed = Seed.Printed(output).Next().ToString(CultureInfo.InvariantCulture);

        await UnharmedAsync(async () =>
        {
            var run = await NativeRun.OfAsync(
                NativeBuild.PathOf("extreme"),
                ["--lib", NativeBuild.OpenSaf, "--profile", "opensaf", "--calls", "100", "--brief", "--no-masses", "--seed", seed, "--memory-max", MemoryMax],
                _cluster.SocketPath(0),
                Patience);
            output.WriteLine(run.Out);
            Assert.True(run.ExitCode == 0, $"{run.ExitCode}: {run.Error}{run.Out}");
        });
    }

    [Fact(DisplayName = "Valid but extreme calls of Checkpoint.Client: no host ends or leaves the view, each answer is a code of that call or an ArgumentException")]
    public async Task From_NET()
    {
        var random = Seed.Printed(output);

        await UnharmedAsync(async () =>
        {
            await using var client = await CheckpointClient.ConnectAsync(new CheckpointClientOptions { ContactPoints = [_hosts[1].Address] });
            await using var calls = await ExtremeClientCalls.OnAsync(client, random, brief: CallsWanted == 0);
            await calls.RunAsync(CallsWanted);
            output.WriteLine(calls.Table.ToString());
            Assert.True(calls.Table.Violations.Count == 0, string.Join('\n', calls.Table.Violations));
        });
    }

    /// <summary>
    /// A client beside writes 64 bytes again and again: none fails, and in a counted run p99 is at most 100 ms, the worst at most 1 s; its program
    /// says so with its exit code.
    /// </summary>
    private async Task UnharmedAsync(Func<Task> calls)
    {
        var before = await ViewAsync();
        using var beside = StartBeside();
        var saying = beside.StandardOutput.ReadToEndAsync();
        try
        {
            await calls();
        }
        finally
        {
            beside.StandardInput.Close();
            await beside.WaitForExitAsync();
            StartedProcesses.End(beside);
        }

        var said = await saying;
        output.WriteLine(said);
        Assert.Equal(before, await ViewAsync());
        HostLogs.AssertGood(_cluster);
        Assert.True(beside.ExitCode == 0, said);
    }

    private Process StartBeside()
    {
        var start = new ProcessStartInfo(
            NativeBuild.PathOf("extreme"),
            ["--lib", NativeBuild.OpenSaf, "--beside", .. CallsWanted == 0 ? ["--brief"] : Array.Empty<string>()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["CHECKPOINT_SOCKET"] = _cluster.SocketPath(2);
        var process = Process.Start(start)!;
        StartedProcesses.Add(process);
        return process;
    }

    /// <summary>Its number, and each host with whether it is in it.</summary>
    private async Task<string> ViewAsync()
    {
        var run = await CliRun.OfAsync(["status", "--json", "--socket", _cluster.SocketPath(2), "--timeout", "60s"]);
        Assert.True(run.ExitCode == 0, run.Error);
        using var json = JsonDocument.Parse(run.Out);
        var nodes = json.RootElement.GetProperty("nodes").EnumerateArray()
            .Select(node => $"{node.GetProperty("host")} {node.GetProperty("inView")}");
        return $"{json.RootElement.GetProperty("view")}: {string.Join(", ", nodes.Order())}";
    }
}
