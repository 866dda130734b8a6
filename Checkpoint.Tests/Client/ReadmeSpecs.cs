using System.Text.Json;
using System.Text.RegularExpressions;
using Checkpoint.Tests.Processes;
using Checkpoint.Tests.Tidy;
using Xunit;

namespace Checkpoint.Tests.Client;

/// <summary>The .NET lines of the README, as printed, in a project outside this repository.</summary>
[Collection(ProcessSpecs.Name)]
public sealed partial class ReadmeSpecs
{
    [Fact(DisplayName = "The README's .NET program compiles as printed in a project elsewhere, and runs twice against real hosts")]
    [Trait("Category", "Long")]
    public async Task Program_of_the_readme()
    {
        await using var cluster = HostCluster.Of(2);
        var hosts = await cluster.StartAllAsync();
        var program = Program();
        Assert.Contains("127.0.0.1:4711", program, StringComparison.Ordinal);
        using var project = new OutsideProject(program.Replace("127.0.0.1:4711", hosts[0].Address).Replace("127.0.0.1:4712", hosts[1].Address));

        var (built, messages) = await project.BuildAsync();
        Assert.True(built == 0, messages);
        for (var run = 0; run < 2; run++)
            Assert.Equal((0, "answered\n"), await project.StartAsync());
    }

    [Fact(DisplayName = "No central pin stands in for a version that Checkpoint.Client's users get from elsewhere")]
    public void No_transitive_pins()
    {
        using var assets = JsonDocument.Parse(Repository.Read("Checkpoint.Client/obj/project.assets.json"));
        var pinned = assets.RootElement.TryGetProperty("centralTransitiveDependencyGroups", out var groups)
            ? groups.EnumerateObject().SelectMany(group => group.Value.EnumerateObject()).Select(package => package.Name)
            : [];
        Assert.Empty(pinned);
    }

    private static string Program() => Assert.Single(Block().Matches(Repository.Read("README.md"))).Groups["code"].Value;

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
