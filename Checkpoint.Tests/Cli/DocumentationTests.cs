using System.Reflection;
using System.Text.RegularExpressions;
using Checkpoint.Cli;
using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Cli;

/// <summary>docs/CLI.md says what the program does.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Text = Repository.Read("docs/CLI.md");

    [Fact(DisplayName = "docs/CLI.md has exactly the exit codes that there are")]
    public void Exit_codes()
    {
        var codes = typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetRawConstantValue()!);

        Assert.Equal(codes.Order(), ExitCodeRow().Matches(Text).Select(match => int.Parse(match.Groups[1].Value)).Order());
    }

    [Fact(DisplayName = "docs/CLI.md has a heading for every command and names every option of its own")]
    public void Commands()
    {
        var terminal = new Terminal(Stream.Null, TextWriter.Null, Stream.Null, false, false, _ => null, TimeProvider.System);
        var root = new CommandTree(terminal).Root;

        Assert.Equal(root.Subcommands.Select(command => command.Name), Heading().Matches(Text).Select(match => match.Groups[1].Value));
        foreach (var option in root.Subcommands.SelectMany(command => command.Options).Where(option => option.Name != "--help"))
            Assert.True(Text.Contains(option.Name, StringComparison.Ordinal), $"{option.Name} is not documented");
    }

    [GeneratedRegex(@"^\| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex ExitCodeRow();

    [GeneratedRegex("^### `([a-z]+)", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
