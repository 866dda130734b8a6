using Checkpoint.Client;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Checkpoint.Tests.Client;

public sealed class ClientOptionsTests
{
    [Fact(DisplayName = "Options come from the configuration section; what is not named keeps its default")]
    public void Reads_a_section()
    {
        var read = CheckpointClientSection.Read(
            Section(("ContactPoints:0", "127.0.0.1:1"), ("ContactPoints:1", "127.0.0.1:2"), ("CallTimeout", "00:00:03"), ("WaitingCallsMax", "7")),
            new CheckpointClientOptions());

        Assert.Equal(["127.0.0.1:1", "127.0.0.1:2"], read.ContactPoints);
        Assert.Equal((TimeSpan.FromSeconds(3), 7), (read.CallTimeout, read.WaitingCallsMax));
        Assert.Equal(new CheckpointClientOptions().SilenceMax, read.SilenceMax);
    }

    [Fact(DisplayName = "Unknown keys and bad values of the section are refused, all in one message")]
    public void Refuses_typing_errors()
    {
        var fault = Assert.Throws<ArgumentException>(() => CheckpointClientSection.Read(
            Section(("CalTimeout", "00:00:03"), ("JoinTimeout", "soon")), new CheckpointClientOptions()));

        Assert.Contains("Checkpoint:CalTimeout", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'soon'", fault.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A contact on another machine needs a hostname that it can answer to")]
    public void Loopback_cannot_be_answered()
    {
        var options = new CheckpointClientOptions { ContactPoints = ["10.0.0.7:4711"] };

        Assert.Contains("loopback", Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
        (options with { Hostname = "10.0.0.8" }).Validate();
    }

    private static IConfigurationSection Section(params (string Key, string Value)[] entries) => new ConfigurationBuilder()
        .AddInMemoryCollection(entries.Select(entry => KeyValuePair.Create($"Checkpoint:{entry.Key}", (string?)entry.Value)))
        .Build()
        .GetSection("Checkpoint");
}
