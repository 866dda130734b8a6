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

    [Fact(DisplayName = "HOCON that is not closed is one of the faults that come in one message")]
    public void Hocon_among_all_faults()
    {
        var options = new CheckpointClientOptions { ContactPoints = ["x"], Hocon = "akka {\n a = \"b\"\n", WaitingCallsMax = 0 };
        var fault = Assert.Throws<ArgumentException>(options.Validate);

        Assert.Equal(
            "checkpoint client options: ContactPoints: 'x' is not host:port; WaitingCallsMax = 0, must be 1 to 1,000,000; Hocon, line 1: '{' is not closed",
            fault.Message);
    }

    [Fact(DisplayName = "Keys of the section are read whatever their case, as configuration keys are everywhere in .NET")]
    public void Case_of_keys()
    {
        var read = CheckpointClientSection.Read(
            Section(("contactpoints:0", "127.0.0.1:1"), ("CALLTIMEOUT", "00:00:03"), ("hostName", "localhost"), ("answerBytesMax", "1048577")),
            new CheckpointClientOptions());

        Assert.Equal(["127.0.0.1:1"], read.ContactPoints);
        Assert.Equal((TimeSpan.FromSeconds(3), "localhost", 1048577L), (read.CallTimeout, read.Hostname, read.AnswerBytesMax));
    }

    [Theory(DisplayName = "A key that is no option, a value of the wrong shape and a number that does not fit are faults by their path")]
    [InlineData("CalTimeout", "00:00:03", "Checkpoint:CalTimeout: there is no such option, did you mean CallTimeout?")]
    [InlineData("Contact-Points:0", "127.0.0.1:1", "Checkpoint:Contact-Points: there is no such option, did you mean ContactPoints?")]
    [InlineData("CallTimeout:Seconds", "3", "Checkpoint:CallTimeout: must be a single value")]
    [InlineData("ContactPoints", "127.0.0.1:1", "Checkpoint:ContactPoints: must be a list")]
    [InlineData("CallTimeout", "30", "Checkpoint:CallTimeout: '30' is no time span such as 00:00:02.5")]
    [InlineData("WaitingCallsMax", "4294967297", "Checkpoint:WaitingCallsMax: '4294967297' is no whole number")]
    [InlineData("AnswerBytesMax", "1 MiB", "Checkpoint:AnswerBytesMax: '1 MiB' is no whole number")]
    [InlineData("Clock", "now", "Checkpoint:Clock: there is no such option")]
    public void Faults_of_the_section(string key, string value, string fault) =>
        Assert.Contains(fault, Assert.Throws<ArgumentException>(() => CheckpointClientSection.Read(Section((key, value)), new CheckpointClientOptions())).Message, StringComparison.Ordinal);

    [Fact(DisplayName = "The section of a keyed client beside the options is no fault, one that holds no option of a client is")]
    public void Keyed_sections()
    {
        CheckpointClientSection.Read(Section(("ContactPoints:0", "127.0.0.1:1"), ("west:contactPoints:0", "127.0.0.1:2")), new CheckpointClientOptions());
        Assert.Contains("Checkpoint:west", Assert.Throws<ArgumentException>(() => CheckpointClientSection.Read(
            Section(("ContactPoints:0", "127.0.0.1:1"), ("west:speed", "2")), new CheckpointClientOptions())).Message, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Contact points and host names that can never be one are refused")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:+80")]
    [InlineData("a b:4711")]
    [InlineData("-x:4711")]
    [InlineData("256.0.0.1:4711")]
    [InlineData("::1:4711")]
    [InlineData("http://localhost:4711")]
    [InlineData("")]
    public void Bad_contacts(string contact) => Assert.Contains(
        $"ContactPoints: '{contact}' is not host:port",
        Assert.Throws<ArgumentException>(() => new CheckpointClientOptions { ContactPoints = [contact] }.Validate()).Message,
        StringComparison.Ordinal);

    [Theory(DisplayName = "A hostname that hosts can never answer to is refused")]
    [InlineData("a b")]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1:80")]
    [InlineData("")]
    public void Bad_hostnames(string hostname) => Assert.Contains(
        $"Hostname '{hostname}'",
        Assert.Throws<ArgumentException>(() => new CheckpointClientOptions { ContactPoints = ["127.0.0.1:1"], Hostname = hostname }.Validate()).Message,
        StringComparison.Ordinal);

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
