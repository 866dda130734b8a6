using System.Text.Json;
using Checkpoint.Protocol;
using Checkpoint.Tests.Cli;

namespace Checkpoint.Tests.Processes;

/// <summary>What an operator sees with the command line at one host's socket.</summary>
public sealed class Administrator(string socketPath)
{
    /// <summary>The names that the host knows, unlinked ones included.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync()
    {
        using var json = JsonDocument.Parse(await RunAsync("list", "--json"));
        return [.. json.RootElement.EnumerateArray().Select(row => row.GetProperty("name").GetString()!)];
    }

    /// <summary>The <c>node-name</c> of the host that orders it.</summary>
    public async Task<string> OrdererAsync(CheckpointName name)
    {
        using var json = JsonDocument.Parse(await RunAsync("show", name.ToString(), "--json"));
        return json.RootElement.GetProperty("orderer").GetString()!;
    }

    public async Task<int> OpenersAsync(CheckpointName name)
    {
        using var json = JsonDocument.Parse(await RunAsync("show", name.ToString(), "--json"));
        return json.RootElement.GetProperty("NumOpeners").GetInt32();
    }

    /// <summary>The names of checkpoints whose content the host could not keep up with.</summary>
    public async Task<IReadOnlyList<string>> SetAsideAsync()
    {
        using var json = JsonDocument.Parse(await RunAsync("status", "--json"));
        return [.. json.RootElement.GetProperty("setAside").EnumerateArray().Select(name => name.GetString()!)];
    }

    public async Task<int> HostsInViewAsync()
    {
        using var json = JsonDocument.Parse(await RunAsync("status", "--json"));
        return json.RootElement.GetProperty("nodes").EnumerateArray().Count(node => node.GetProperty("inView").GetBoolean());
    }

    /// <summary>Makes the host misbehave, or (<c>none</c>) behave again; the names are those of <c>checkpoint.faults</c>.</summary>
    public async Task InjectAsync(string fault, string argument = "")
    {
        var hello = new SessionProtocol.Hello(SessionProtocol.Version, "faults", AisVersion.B22, Profile.Strict);
        await using var host = await GatewayConnection.ConnectAsync(socketPath, hello, TimeProvider.System, CancellationToken.None);
        var answer = await host.SendAsync(
            new SessionProtocol.InjectFault(fault, argument), AisTime.FromTimeSpan(HostUnderTest.Patience), CancellationToken.None);
        Assert.True(answer.Status == AisStatus.Ok, $"{fault} {argument}: {answer.Status} {answer.Reason}");
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var run = await CliRun.OfAsync([.. arguments, "--socket", socketPath, "--timeout", "60s"]);
        Assert.True(run.ExitCode == 0, $"checkpoint {string.Join(' ', arguments)}: {run.ExitCode} {run.Error}");
        return run.Out;
    }
}
