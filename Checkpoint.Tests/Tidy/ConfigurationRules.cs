using System.Text.RegularExpressions;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Node;
using Checkpoint.Actors.Replication;
using Checkpoint.Host.Configuration;

namespace Checkpoint.Tests.Tidy;

/// <summary>The <c>checkpoint</c> block's reference file is the manual, the defaults and the list of keys in one.</summary>
public sealed partial class ConfigurationRules
{
    [Fact(DisplayName = "Every key of the reference file has a comment right above it")]
    public void Keys_are_documented()
    {
        var lines = Repository.Read("hocon/checkpoint.reference.conf").Split('\n');
        var keys = Enumerable.Range(0, lines.Length).Where(at => Key().IsMatch(lines[at])).ToList();

        Assert.True(keys.Count > 15, "the keys were not recognized");
        Assert.Empty(keys.Where(at => !lines[at - 1].TrimStart().StartsWith('#')).Select(at => lines[at].Trim()));
    }

    [Fact(DisplayName = "Every key is read by the options, and the options read no other")]
    public void Keys_are_read()
    {
        var defaults = CheckpointReference.Defaults();
        var reader = new OptionsReader(defaults, []);
        var options = HostOptions.Read(reader);
        NodeOptions.Read("n", options.Replication.ForMachine(AgentOptions.Read(reader)), reader);

        Assert.Equal(ConfigKeys.Below(defaults, "checkpoint"), reader.KeysRead);
    }

    [Fact(DisplayName = "The defaults are within their own limits; only what has no default is missing")]
    public void Defaults_are_legal()
    {
        List<string> faults = [];
        HostOptions.Read(new OptionsReader(CheckpointReference.Defaults(), faults));

        Assert.Equal(
            ["checkpoint.data-directory", "checkpoint.journal.file", "checkpoint.node-name"],
            faults.Select(fault => fault.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact(DisplayName = "A default stands in the reference file only, not in the code")]
    public void No_defaults_in_code()
    {
        var options = Repository.Files.Where(file => file.StartsWith("Checkpoint.Host/", StringComparison.Ordinal) && file.EndsWith("Options.cs", StringComparison.Ordinal));
        Assert.DoesNotContain(options, file => Default().IsMatch(Repository.Read(file)));
    }

    [Fact(DisplayName = "Settings are read by the one reader: nothing else takes values out of a configuration of ours")]
    public void One_reader() => Assert.Empty(Repository.Files
        .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) && !file.StartsWith("Checkpoint.Tests/", StringComparison.Ordinal))
        .Where(file => AkkaGetter().IsMatch(Repository.Read(file)))
        .Except(new[] { "HostConfiguration", "NetworkRules", "AkkaRules", "AkkaValues" }.Select(name => $"Checkpoint.Host/Configuration/{name}.cs")) // Akka's own keys.
        .Except(["Checkpoint.Transport/SocketTransportOptions.cs"])); // A section below Akka's, read by an assembly that knows nothing of ours.

    [Fact(DisplayName = "The embedded configuration is the repository's")]
    public void Embedded_text() =>
        Assert.Equal(Repository.Read("hocon/checkpoint.reference.conf"), CheckpointReference.Text(CheckpointReference.FileName));

    [GeneratedRegex(@"^\s+[a-z][a-z-]* = ")]
    private static partial Regex Key();

    [GeneratedRegex(@"(init|set); } =")]
    private static partial Regex Default();

    [GeneratedRegex(@"\.Get(TimeSpan|ByteSize|Int|Long|Float|Double|Decimal|Boolean|StringList)\(")]
    private static partial Regex AkkaGetter();
}
