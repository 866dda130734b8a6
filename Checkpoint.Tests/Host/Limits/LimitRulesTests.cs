using Akka.Configuration;
using Checkpoint.Actors.Configuration;
using Checkpoint.Host.Configuration;
using Checkpoint.Host.Limits;
using Checkpoint.Tests.Host.Configuration;

namespace Checkpoint.Tests.Host.Limits;

public sealed class LimitRulesTests
{
    private const long MiB = 1 << 20;

    private static readonly ProcessLimits Plenty = new(new("RLIMIT_NOFILE", 20_000), Bound.None, new("memory", 24_576 * MiB));

    [Fact(DisplayName = "Where there is plenty everything stays as it is, and is shown with what it was compared with")]
    public void Enough()
    {
        var configuration = Load(Plenty);
        Assert.Equal(
            [
                "checkpoint.gateway.clients-max 512 512 RLIMIT_NOFILE = 20000",
                "checkpoint.sessions.in-flight-node-max 536870912 536870912 memory = 25769803776",
                "checkpoint.sessions.sessions-max 4096 4096 RLIMIT_NOFILE = 20000",
                "checkpoint.replication.memory-max 2147483648 2147483648 memory = 25769803776",
            ],
            configuration.Node.Limits.Select(row => $"{row.Key} {row.Configured} {row.Effective} {row.Bound}"));
        Assert.Equal((512, 2048 * MiB), (configuration.Options.Gateway.ClientsMax, configuration.Node.Machine.BytesMax));
    }

    [Fact(DisplayName = "Defaults give way: clients to descriptors and threads, content to memory; the map stays as it is on the other hosts")]
    public void Lowered()
    {
        var few = Load(Plenty with { Descriptors = new("RLIMIT_NOFILE", 1024), MemoryBytes = new("memory", 1024 * MiB) });
        Assert.Equal((320, 320), (few.Options.Gateway.ClientsMax, few.Node.Sessions.SessionsMax));
        const long sixth = 1024 * MiB / 6;
        Assert.Equal((sixth, sixth / 2), (few.Node.Sessions.NodeInFlightBytesMax, few.Node.Sessions.InFlightBytesMax));
        Assert.Equal(((832 * MiB) - (2 * sixth)) / 3, few.Node.Machine.BytesMax);
        Assert.Equal(2048 * MiB, few.Node.MapBytes);

        Assert.Equal(36, Load(Plenty with { Threads = new("pids.max", 200) }).Options.Gateway.ClientsMax);
    }

    [Theory(DisplayName = "What is set and cannot be had is a fault that names key, value and limit; the most that can be had is no fault")]
    [InlineData("checkpoint.gateway.clients-max = 321", "checkpoint.gateway.clients-max = 321, must be at most 320: RLIMIT_NOFILE = 1024")]
    [InlineData("checkpoint.sessions.sessions-max = 400", "checkpoint.sessions.sessions-max = 400, must be at most 320: RLIMIT_NOFILE = 1024")]
    [InlineData("checkpoint.replication.memory-max = 1GiB", "checkpoint.replication.memory-max = 1073741824, must be at most 171500430: memory = 1073741824")]
    [InlineData("checkpoint.gateway.clients-max = 320", null)]
    [InlineData("checkpoint.replication.memory-max = 163MiB", null)]
    public void Set(string setting, string? fault)
    {
        var few = Plenty with { Descriptors = new("RLIMIT_NOFILE", 1024), MemoryBytes = new("memory", 1024 * MiB) };
        if (fault is null)
            Assert.DoesNotContain(Load(few, setting).Node.Limits, row => setting.StartsWith(row.Key, StringComparison.Ordinal) && row.Effective < row.Configured);
        else
            Assert.StartsWith(fault, Assert.Single(Assert.Throws<ConfigurationFaultsException>(() => Load(few, setting)).Faults), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Bytes on their way that somebody set are kept, and leave less for content")]
    public void Transit()
    {
        var memory = Plenty with { MemoryBytes = new("memory", 1024 * MiB) };
        var configuration = Load(memory, "checkpoint.sessions.in-flight-max = 100MiB");
        Assert.Equal((200 * MiB, 100 * MiB), (configuration.Node.Sessions.NodeInFlightBytesMax, configuration.Node.Sessions.InFlightBytesMax));
        Assert.Equal((1024 - 192 - 400) * MiB / 3, configuration.Node.Machine.BytesMax);
    }

    [Fact(DisplayName = "A process that may have less than a host needs is told so for each limit")]
    public void Too_little()
    {
        var faults = Assert.Throws<ConfigurationFaultsException>(() => Load(
            new ProcessLimits(new("RLIMIT_NOFILE", 256), new("pids.max", 100), new("memory", 128 * MiB)))).Faults;
        Assert.Contains(faults, fault => fault.StartsWith("checkpoint.gateway.clients-max must be at least 1, and ", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("checkpoint.replication.memory-max must be at least 16777216, and memory = ", StringComparison.Ordinal));
    }

    private static HostConfiguration Load(ProcessLimits limits, string more = "") =>
        HostConfiguration.From(NodeText.Parse(NodeText.Right + more), limits);
}
