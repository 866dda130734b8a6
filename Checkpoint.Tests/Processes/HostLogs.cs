using System.Text.RegularExpressions;
using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Processes;

/// <summary>What must not stand in a host's log after a good run.</summary>
public static partial class HostLogs
{
    private static readonly Regex[] Tolerated =
    [
        .. Repository.Read("Checkpoint.Tests/Processes/tolerated-log-lines.txt").Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => new Regex(line, RegexOptions.CultureInvariant)),
    ];

    /// <returns>The lines that are wrong; none after a good run.</returns>
    public static IReadOnlyList<string> Faults(IEnumerable<string> lines) => [.. lines.Where(IsFault)];

    public static void AssertGood(HostCluster cluster)
    {
        foreach (var host in cluster.Started)
        {
            var faults = Faults(host.Log);
            Assert.True(faults.Count == 0, $"{host}: {faults.Count} bad lines in its log:\n{string.Join('\n', faults.Take(10))}\n\nthe log's end:\n{host.Tail()}");
        }
    }

    private static bool IsFault(string line) =>
        Forbidden().IsMatch(line) || (Error().IsMatch(line) && (OurError().IsMatch(line) || !Tolerated.Any(tolerated => tolerated.IsMatch(line))));

    [GeneratedRegex("OversizedPayload|serializ|json", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"^\S+Z ERROR |^(Unhandled exception|Fatal|Process terminated)")]
    private static partial Regex Error();

    [GeneratedRegex(@"^\S+Z ERROR \S+ Checkpoint\.")]
    private static partial Regex OurError();
}
