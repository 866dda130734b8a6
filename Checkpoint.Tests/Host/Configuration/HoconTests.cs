using Checkpoint.Actors.Configuration;
using Checkpoint.Host.Configuration;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Host.Configuration;

public sealed class HoconTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ckpt-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory(DisplayName = "A duration has a number and a unit")]
    [InlineData("250ms", 250)]
    [InlineData("2 s", 2_000)]
    [InlineData("1.5m", 90_000)]
    [InlineData("-1h", -3_600_000)]
    [InlineData("0", 0)]
    [InlineData("250", null)]
    [InlineData("ten s", null)]
    [InlineData("1 fortnight", null)]
    [InlineData("--1s", null)]
    [InlineData("9999999999999999d", null)]
    [InlineData("99999999999999999999999999999999s", null)]
    public void Durations(string text, int? milliseconds)
    {
        Assert.Equal(milliseconds is not null, HoconUnits.TryDuration(text, out var duration));
        Assert.Equal(milliseconds ?? 0, duration.TotalMilliseconds);
    }

    [Theory(DisplayName = "A size has a number and a unit")]
    [InlineData("4096 B", 4096L)]
    [InlineData("64KiB", 65_536L)]
    [InlineData("1.5 MiB", 1_572_864L)]
    [InlineData("2 GiB", 2_147_483_648L)]
    [InlineData("64", null)]
    [InlineData("64k", null)]
    [InlineData("9999999999999999 GiB", null)]
    public void Sizes(string text, long? bytes)
    {
        Assert.Equal(bytes is not null, HoconUnits.TryBytes(text, out var size));
        Assert.Equal(bytes ?? 0, size);
    }

    [Theory(DisplayName = "Brackets and quotes that are not in pairs are found with their line")]
    [InlineData("a { b = 1 }", null)]
    [InlineData("a = \"}\" # }\n b = [1]", null)]
    [InlineData("a = \"\"\"}\n\"\"\"", null)]
    [InlineData("a = \"http://x\" // }", null)]
    [InlineData("\na {", "line 2: '{' is not closed")]
    [InlineData("a = [1}", "line 1: '}' closes nothing")]
    [InlineData("a = 1\n}\nb = 2", "line 2: '}' closes nothing")]
    [InlineData("a = \"x\nb = 1", "line 1: a quote is not closed")]
    public void Brackets(string text, string? fault) => Assert.Equal(fault, HoconText.Fault(text));

    [Theory(DisplayName = "An optional substitution, for which Akka's parser takes the whole configuration, is a fault")]
    [InlineData("a = ${?HOME}", "line 1: ${?HOME} is read by nobody: neither optional substitutions nor environment variables are")]
    [InlineData("a = 1\nb = \"x\"${?c.d}", "line 2: ${?c.d} is read by nobody: neither optional substitutions nor environment variables are")]
    [InlineData("a = \"${?HOME}\" # ${?HOME}\n// ${?HOME}\nb = \"\"\"${?HOME}\"\"\"", null)]
    [InlineData("a = ${b}\nb = 1", null)]
    public void Optional_substitutions(string text, string? fault) => Assert.Equal(fault, HoconText.Fault(text));

    [Theory(DisplayName = "An include that Akka's parser passes over without a word is a fault")]
    [InlineData("include file(\"b.conf\")", 1)]
    [InlineData("x = 1\n  include required(\"b.conf\")", 2)]
    [InlineData("include b.conf", 1)]
    [InlineData("include", 1)]
    [InlineData("checkpoint {\n include url(\"http://x\")\n}", 2)]
    public void Unread_includes(string text, int line)
    {
        var top = Write("top.conf", text);
        List<string> faults = [];
        new HoconFiles(faults).Load(top);
        Assert.Equal([$"{top}, line {line}: an include must name a file in quotes, as include \"host.conf\""], faults);
    }

    [Fact(DisplayName = "An include is relative to the file that has it, and what comes later wins")]
    public void Includes()
    {
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "below"));
        var top = Write("top.conf", "include \"below/a.conf\"\nx = top");
        Write("below/a.conf", "include \"b.conf\"\nx = a\ny = a");
        Write("below/b.conf", "x = b\ny = b\nz = b");
        List<string> faults = [];

        var config = new HoconFiles(faults).Load(top);

        Assert.Empty(faults);
        Assert.Equal(("top", "a", "b"), (config.GetString("x"), config.GetString("y"), config.GetString("z")));
    }

    [Fact(DisplayName = "A missing include, a circle and a broken file are each named with their path")]
    public void Bad_files()
    {
        var top = Write("top.conf", "include \"gone.conf\"\ninclude \"circle.conf\"\ninclude \"broken.conf\"");
        Write("circle.conf", "include \"top.conf\"");
        Write("broken.conf", "a {");
        List<string> faults = [];

        new HoconFiles(faults).Load(top);

        Assert.Equal(3, faults.Count);
        Assert.Contains(faults, fault => fault.Contains("gone.conf") && fault.Contains("included by"));
        Assert.Contains(faults, fault => fault.StartsWith($"{top}: included in a circle"));
        Assert.Contains(faults, fault => fault.EndsWith("broken.conf, line 1: '{' is not closed"));
    }

    [Fact(DisplayName = "Settings of the command line are taken as they stand, lists as HOCON, the last one wins")]
    public void Command_line_settings()
    {
        List<string> faults = [];
        var config = Settings.Parse(["a.b=1", "a.b=x = \"y\" \\ {", "l=[\"p\", \"q\"]", "no value", "=1", "open=["], faults);

        Assert.Equal("x = \"y\" \\ {", config.GetString("a.b"));
        Assert.Equal(["p", "q"], config.GetStringList("l"));
        Assert.Equal(["--set no value: expected key=value", "--set =1: expected key=value", "--set open=[: line 1: '[' is not closed"], faults);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
