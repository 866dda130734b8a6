using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Checkpoint.Tests.Tidy;

/// <summary>Who may import whom, read from project files and usings (docs/ARCHITECTURE.md says why).</summary>
public sealed partial class ImportRules
{
    /// <summary>Project, and what it may reference of ours; Akka in Protocol is the one rule about others.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Checkpoint.Protocol"] = [],
        ["Checkpoint.Transport"] = [],
        ["Checkpoint.Client"] = ["Checkpoint.Protocol"],
        ["Checkpoint.Actors"] = ["Checkpoint.Protocol"],
        ["Checkpoint.Host"] = ["Checkpoint.Protocol", "Checkpoint.Actors"],
        ["Checkpoint.Cli"] = ["Checkpoint.Protocol", "Checkpoint.Client"],
    };

    /// <summary>
    /// The thin halves: actors, and what hands messages or serializers to Akka. Every other file of the service's feature folders is pure: it
    /// decides without clock, actor or network, and imports no <c>Akka.Actor</c>. Who adds a name here says that it decides nothing.
    /// </summary>
    private static readonly string[] Thin =
    [
        "Checkpoints/CheckpointActor", "Checkpoints/CheckpointCaller", "Checkpoints/CheckpointJournalSerializer", "Checkpoints/CheckpointMessageSerializer", "Checkpoints/CheckpointRegion",
        "Checkpoints/CheckpointWaker", "Checkpoints/ClockTimers",
        "Map/BucketSerializer", "Map/MapExtension", "Map/SectionMap.cs",
        "Replication/AgentNeighbours", "Replication/ClusterWatch", "Replication/ReplicaAgent", "Replication/Links/",
        "Sessions/Administration", "Sessions/Door", "Sessions/IClientLink", "Sessions/MemberHost", "Sessions/RemoteClientLink", "Sessions/Session.cs",
        "Sessions/SessionRegistry", "Sessions/SessionSerializer", "Sessions/SessionSetup",
        "Views/HostIds", "Views/ViewDowning", "Views/ViewJournal", "Views/ViewRows",
    ];

    private static readonly string[] Features = ["Checkpoints", "Content", "Map", "Replication", "Sessions", "Views"];

    [Fact(DisplayName = "Projects reference only what their place in the house allows")]
    public void Project_references()
    {
        List<string> faults = [];
        foreach (var (project, allowed) in Allowed)
        {
            var file = XDocument.Load(Repository.PathOf($"{project}/{project}.csproj"));
            var referenced = file.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
            faults.AddRange(referenced.Except(allowed).Select(bad => $"{project} references {bad}"));
            if (project == "Checkpoint.Protocol")
                faults.AddRange(file.Descendants("PackageReference").Select(package => $"{project} references {package.Attribute("Include")!.Value}"));
        }

        Assert.Empty(faults);
    }

    [Fact(DisplayName = "Usings stay within the project's place; pure types import no actor")]
    public void Usings()
    {
        List<string> faults = [];
        foreach (var file in Repository.Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal)))
        {
            var project = file.Split('/')[0];
            foreach (Match match in Using().Matches(Repository.Read(file)))
            {
                var name = match.Groups["name"].Value;
                if (IsWrong(project, file, name))
                    faults.Add($"{file} imports {name}");
            }
        }

        Assert.Empty(faults);
    }

    private static bool IsWrong(string project, string file, string name)
    {
        if (!Allowed.TryGetValue(project, out var allowed))
            return false;

        var imported = Allowed.Keys.FirstOrDefault(other => name == other || name.StartsWith(other + ".", StringComparison.Ordinal));
        return (imported is not null && imported != project && !allowed.Contains(imported))
            || (project == "Checkpoint.Protocol" && name.StartsWith("Akka", StringComparison.Ordinal))
            || (name == "Akka.Actor" && Features.Any(feature => IsIn(file, feature + "/")) && !Thin.Any(thin => IsIn(file, thin)));
    }

    private static bool IsIn(string file, string part) => file.StartsWith("Checkpoint.Actors/" + part, StringComparison.Ordinal);

    [GeneratedRegex(@"^\s*(global )?using (static )?(\w+ = )?(?<name>[A-Za-z0-9_.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();
}
