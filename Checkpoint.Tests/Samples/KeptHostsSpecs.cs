using System.Diagnostics;
using System.Globalization;
using Checkpoint.Tests.Cli;
using Checkpoint.Tests.Processes;
using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Samples;

/// <summary>What <c>run.sh --keep</c> leaves to a newcomer, who goes on with <c>./checkpoint</c>.</summary>
[Collection(ProcessSpecs.Name)]
public sealed class KeptHostsSpecs
{
    private const int Lines = 400;

    [Fact(DisplayName = "A demonstration that keeps its hosts leaves three, the killed one among them, each with all the data")]
    [Trait("Category", "Long")]
    public async Task Three_hosts_are_left()
    {
        var directory = Directory.CreateTempSubdirectory("kept-").FullName;
        try
        {
            var file = Path.Combine(directory, "text");
            File.WriteAllLines(file, Enumerable.Range(0, Lines).Select(line => $"line {line % 7} of a small text"));
            Directory.CreateDirectory(Path.Combine(directory, "journal"));

            var said = await DemonstrateAsync(directory, file);

            Assert.Matches("\nnode[123] back: 3 hosts run, each with all the data\n", said);
            Assert.Equal(["node1", "node2", "node3"], Living(directory).Select(host => host.Name).Order());
            var socket = File.ReadAllText(Path.Combine(directory, "socket")).Trim();
            var shown = await CliRun.OfAsync("show", "safCkpt=wordcount", "--socket", socket);
            Assert.Equal((0, ""), (shown.ExitCode, shown.Error));
            foreach (var node in (string[])["node1", "node2", "node3"])
                Assert.Contains(node, shown.Out);
        }
        finally
        {
            foreach (var (id, _) in Living(directory))
                Signals.Send(id, Signal.Kill);
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<string> DemonstrateAsync(string directory, string file)
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "WordCount"),
            [
                "demonstration", "--file", file, "--piece", "line", "--kills", "1", "--seed", "7", "--directory", directory,
                "--host-program", Path.Combine(AppContext.BaseDirectory, "checkpointd"), "--hocon", Repository.PathOf("hocon"), "--keep", "hosts",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        StartedProcesses.Add(process);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(HostUnderTest.Patience);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        finally
        {
            StartedProcesses.End(process);
        }

        Assert.True(process.ExitCode == 0, $"{process.ExitCode}: {await output}{await error}");
        return await output;
    }

    /// <summary>Those that the demonstration recorded as its hosts and that still run as what they were.</summary>
    private static List<(int Id, string Name)> Living(string directory)
    {
        var record = Path.Combine(directory, "pids");
        return !File.Exists(record) ? [] :
        [
            .. File.ReadLines(record).Select(line => line.Split(' '))
                .Where(fields => fields[2].StartsWith("node", StringComparison.Ordinal) && StartTime(fields[0]) == fields[1])
                .Select(fields => (int.Parse(fields[0], CultureInfo.InvariantCulture), fields[2])),
        ];
    }

    /// <returns>Field 22 of its stat; null when it has ended, also when nobody has waited for it.</returns>
    private static string? StartTime(string id)
    {
        var file = $"/proc/{id}/stat";
        if (!File.Exists(file))
            return null;
        var stat = File.ReadAllText(file);
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] == "Z" ? null : fields[19];
    }
}
