using System.Text.Json;
using Checkpoint.Tests.Processes;
using Checkpoint.Tests.Tidy;
using Xunit.Abstractions;

namespace Checkpoint.Tests.Native;

/// <summary>Our libraries under the conformance kit, on real hosts that may be given faults.</summary>
[Collection(ProcessSpecs.Name)]
public sealed class ConformanceSpecs(ITestOutputHelper output)
{
    /// <summary>The kit alone is to pass within 4 minutes; the machine may be busy with other tests, as its deadlines are here.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private const string Slower = "3";

    [Fact(DisplayName = "A part of the conformance kit has no failure: Initialize, Open, write, iteration")]
    public async Task Part()
    {
        await using var cluster = HostCluster.Of(1);
        await StartAsync(cluster);

        await RunAsync(cluster, "libSaCkpt.so.1", "opensaf", ["--filter", "INI", "--filter", "OPN", "--filter", "WRI", "--filter", "ITR"]);
    }

    [Theory(DisplayName = "The conformance kit has no failure")]
    [InlineData("libSaCkpt.so.1", "opensaf")]
    [InlineData("libSaCkpt.so.3", "openais")]
    [Trait("Category", "Long")]
    public async Task Whole(string library, string profile)
    {
        await using var cluster = HostCluster.Of(1);
        await StartAsync(cluster);

        await RunAsync(cluster, library, profile, []);
    }

    [Theory(DisplayName = "With the local host killed and restarted under a program: its calls wait, its handles and its data stay (PRC-15, PRC-16)")]
    [InlineData("libSaCkpt.so.1", "opensaf")]
    [InlineData("libSaCkpt.so.3", "openais")]
    [Trait("Category", "Long")]
    public async Task Restart(string library, string profile)
    {
        await using var cluster = HostCluster.Of(3);
        await StartAsync(cluster);
        using var over = new CancellationTokenSource();
        var restarts = RestartOnDemandAsync(cluster, over.Token);

        var outcomes = await RunAsync(cluster, library, profile, ["--filter", "PRC-15", "--filter", "PRC-16"], ("CKPT_KIT_RESTART", RestartCommand(cluster)));
        await over.CancelAsync();

        Assert.Equal(["pass", "pass"], outcomes.Values);
        Assert.True(await restarts >= 2, "the host was not restarted");
    }

    private static async Task StartAsync(HostCluster cluster)
    {
        cluster.Settings.Add("checkpoint.faults.enabled=on");
        await cluster.StartAllAsync();
    }

    /// <returns>The outcome of each case.</returns>
    private async Task<Dictionary<string, string>> RunAsync(
        HostCluster cluster, string library, string profile, string[] filters, params (string Name, string Value)[] environment)
    {
        var run = await NativeRun.OfAsync(
            NativeBuild.PathOf("conformance"),
            ["--lib", NativeBuild.PathOf(library), "--profile", profile, "--slower", Slower, "--json", .. filters],
            cluster.SocketPath(0),
            Patience,
            [("CKPT_KIT_FAULT", FaultCommand(cluster)), .. environment]);
        Assert.True(run.ExitCode is 0 or 1, $"{run.ExitCode}: {run.Error}{run.Out}");

        using var json = JsonDocument.Parse(run.Out);
        var cases = json.RootElement.GetProperty("cases").EnumerateArray().ToList();
        var outcomes = cases.ToDictionary(one => Text(one, "id"), one => Text(one, "outcome"));
        output.WriteLine(string.Join(", ", outcomes.Values.CountBy(outcome => outcome)));
        var bad = cases.Where(one => Text(one, "outcome") is "fail" or "error").ToList();
        Assert.True(bad.Count == 0, $"{string.Join('\n', bad)}\n{run.Error}");
        Assert.Contains("pass", outcomes.Values);
        Assert.Equal(0, run.ExitCode);
        return outcomes;

        static string Text(JsonElement one, string name) => one.GetProperty(name).GetString()!;
    }

    private static string FaultCommand(HostCluster cluster) =>
        Script(cluster, "fault", $"exec dotnet exec {CommandLine()} fault --socket {cluster.SocketPath(0)} \"$@\"");

    /// <summary>Only this test may start and end hosts: the command asks it to, and waits.</summary>
    private static string RestartCommand(HostCluster cluster) => Script(
        cluster,
        "restart",
        $"""
        touch {cluster.Directory}/wanted
        while [ ! -e {cluster.Directory}/done ]; do sleep 0.05; done
        rm {cluster.Directory}/done
        """);

    private static async Task<int> RestartOnDemandAsync(HostCluster cluster, CancellationToken over)
    {
        var (wanted, done) = (Path.Combine(cluster.Directory, "wanted"), Path.Combine(cluster.Directory, "done"));
        var count = 0;
        while (!over.IsCancellationRequested)
        {
            if (File.Exists(wanted))
            {
                File.Delete(wanted);
                var host = cluster.Started.Last(host => host.Name == "node1");
                host.Kill();
                await host.ExitCodeAsync();
                await cluster.Start(0).ReadyAsync();
                await File.WriteAllTextAsync(done, "", CancellationToken.None);
                count++;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }

        return count;
    }

    private static string Script(HostCluster cluster, string name, string text)
    {
        var path = Path.Combine(cluster.Directory, name);
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>The command line as it was built beside these tests.</summary>
    private static string CommandLine()
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        return Repository.PathOf(Path.Combine("Checkpoint.Cli", "bin", built.Parent!.Name, built.Name, "checkpoint.dll"));
    }
}
