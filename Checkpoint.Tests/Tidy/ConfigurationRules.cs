using System.Text.RegularExpressions;
using Checkpoint.Actors.Configuration;
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
        HostOptions.Read(reader);
        var others = ConfigKeys.Below(defaults, "checkpoint").Except(reader.KeysRead);
        var texts = Repository.Files.Where(file => file.EndsWith("Options.cs", StringComparison.Ordinal)).Select(Repository.Read).ToList();

        Assert.Empty(reader.KeysRead.Except(ConfigKeys.Below(defaults, "checkpoint")));
        Assert.DoesNotContain(others, key => !texts.Any(text => IsReadIn(text, key)));
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

    [Fact(DisplayName = "The embedded configuration is the repository's")]
    public void Embedded_text() =>
        Assert.Equal(Repository.Read("hocon/checkpoint.reference.conf"), CheckpointReference.Text(CheckpointReference.FileName));

    /// <summary>The parts below the host read a block each, by literal names.</summary>
    private static bool IsReadIn(string text, string key) =>
        text.Contains($"\"{key}\"", StringComparison.Ordinal)
        || (text.Contains($"\"checkpoint.{key.Split('.')[0]}\"", StringComparison.Ordinal)
            && text.Contains($"\"{key[(key.IndexOf('.') + 1)..]}\"", StringComparison.Ordinal));

    [GeneratedRegex(@"^\s+[a-z][a-z-]* = ")]
    private static partial Regex Key();

    [GeneratedRegex(@"(init|set); } =")]
    private static partial Regex Default();
}
