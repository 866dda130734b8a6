using Checkpoint.Tests.Tidy;
using Checkpoint.Trials;
using Xunit.Abstractions;

namespace Checkpoint.Tests.Processes;

/// <summary>A short case of <c>Checkpoint.Trials/calls.sh</c>.</summary>
[Collection(ProcessSpecs.Name)]
[Trait("Category", "Long")]
public sealed class CallsAfterDeathSpecs(ITestOutputHelper output)
{
    [Fact(DisplayName = "Creates, opens and unlinks by name through the survivors of a kill -9 are all answered, with the truth")]
    public async Task Every_call_is_answered()
    {
        var seed = Seed.Printed(output).Next();
        var directory = Directory.CreateTempSubdirectory("ckpt-").FullName;
        try
        {
            var lines = new StringWriter();
            var options = new TrialOptions(
                Kills: 2, Names: 16, seed, directory, ["dotnet", "exec", HostUnderTest.Assembly()], Repository.PathOf("hocon/node1.conf"))
            {
                OnStarted = StartedProcesses.Add,
            };
            var report = await new CallTrial(options, lines).RunAsync(CancellationToken.None);
            report.Print(lines);
            output.WriteLine(lines.ToString());
            Assert.Empty(report.Faults);
            Assert.InRange(report.Calls.Count, 2 * 16, int.MaxValue);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
