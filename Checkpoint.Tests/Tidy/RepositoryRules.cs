using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Checkpoint.Tests.Tidy;

/// <summary>What holds for every committed file.</summary>
public sealed partial class RepositoryRules(ITestOutputHelper output)
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 60;
    private const int ReadmeLinesMax = 150;

    [Fact(DisplayName = "No file names a path of one machine or a package registry's host")]
    public void No_machine_paths()
    {
        List<string> faults = [];
        foreach (var file in Repository.Files.Where(IsText))
        {
            foreach (Match match in MachinePath().Matches(Repository.Read(file)))
                faults.Add($"{file}: {match.Value}");
        }

        Assert.Empty(faults);
    }

    [Fact(DisplayName = "Every script can be executed and begins with its interpreter")]
    public void Scripts()
    {
        var scripts = Repository.Files.Where(file => file.EndsWith(".sh", StringComparison.Ordinal) || file is ".ci/run" or "checkpoint").ToList();

        Assert.Contains("test.sh", scripts);
        Assert.All(scripts, script =>
        {
            Assert.True(File.GetUnixFileMode(Repository.PathOf(script)).HasFlag(UnixFileMode.UserExecute), $"{script} is not executable");
            Assert.StartsWith("#!/", Repository.Read(script), StringComparison.Ordinal);
        });
    }

    [Fact(DisplayName = "The README stays a page")]
    public void Readme() => Assert.InRange(File.ReadAllLines(Repository.PathOf("README.md")).Length, 1, ReadmeLinesMax);

    [Fact(DisplayName = "Long files and methods are listed (a warning, not a failure)")]
    public void Sizes()
    {
        foreach (var file in Repository.Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal)))
        {
            var lines = File.ReadAllLines(Repository.PathOf(file));
            if (lines.Length > FileLinesMax)
                output.WriteLine($"warning: {file} has {lines.Length} lines, more than {FileLinesMax}");
            foreach (var (line, length) in Methods(lines).Where(method => method.Length > MethodLinesMax))
                output.WriteLine($"warning: {file}({line}) has {length} lines, more than {MethodLinesMax}: {lines[line - 1].Trim()}");
        }

        Assert.Equal([(2, 3)], Methods(["    public int P => 1;", "    public int M()", "    {", "    }"]));
    }

    /// <summary>By the house's own layout: a method's braces stand alone in the column of its first line, one level into a type.</summary>
    private static IEnumerable<(int Line, int Length)> Methods(string[] lines)
    {
        for (var at = 1; at < lines.Length; at++)
        {
            if (lines[at] is not "    {" || TypeDeclaration().IsMatch(lines[at - 1]) || lines[at - 1].EndsWith("=>", StringComparison.Ordinal))
                continue;

            var end = Array.IndexOf(lines, "    }", at);
            if (end > at)
                yield return (at, end - at + 2);
        }
    }

    private static bool IsText(string file) => Path.GetExtension(file) is not (".bin" or ".png" or ".db" or ".p12");

    // Written so that this file does not match itself.
    [GeneratedRegex(@"/wor[k]/(shared|main|\.)|/roo[t]/|/hom[e]/[a-z]|/tm[p]/(wt|land|brief|bash)|(api|www)\.nuge[t]\.org|registry\.npmj[s]|deb\.debia[n]\.org")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\b(class|record|struct|interface|enum) ")]
    private static partial Regex TypeDeclaration();
}
