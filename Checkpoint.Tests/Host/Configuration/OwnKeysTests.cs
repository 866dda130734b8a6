using Akka.Configuration;
using Checkpoint.Actors.Configuration;
using Checkpoint.Host.Configuration;

namespace Checkpoint.Tests.Host.Configuration;

/// <summary>The <c>checkpoint</c> block: one reader for all of it, every fault by its full key, with value and what is allowed.</summary>
public sealed class OwnKeysTests
{
    [Theory(DisplayName = "A bad value of every key there is, all in one message: key, value, what is allowed")]
    [InlineData("abc")]
    [InlineData("100")]
    [InlineData("-1")]
    [InlineData("1.5 fortnights")]
    [InlineData("99999999999999999999")]
    public void Every_key(string value)
    {
        var defaults = CheckpointReference.Defaults();
        var keys = ConfigKeys.Below(defaults, "checkpoint").Where(key => KindOf(defaults, key) is not Kind.Text && !IsRight(KindOf(defaults, key), key, value)).ToList();
        var faults = NodeText.FaultsOf(() => HostConfiguration.From(ConfigurationFactory
            .ParseString(string.Join('\n', keys.Select(key => $"checkpoint.{key} = \"{value}\"")))
            .WithFallback(NodeText.Parse(NodeText.Right))));

        Assert.True(keys.Count > 25, $"{keys.Count} keys were tried");
        Assert.Equal(
            keys.Select(key => $"checkpoint.{key} = {value}, must be").Order(StringComparer.Ordinal),
            faults.Order(StringComparer.Ordinal),
            (expected, actual) => actual.StartsWith(expected, StringComparison.Ordinal));
    }

    [Theory(DisplayName = "A list or a block where one value belongs is a fault, and so is one value for a block")]
    [InlineData("checkpoint.sessions.handles-max = [1]", "checkpoint.sessions.handles-max must be a single value")]
    [InlineData("checkpoint.node-name = [a]", "checkpoint.node-name must be a single value")]
    [InlineData("checkpoint.sessions = 5", "checkpoint.sessions must be a block of keys (change-events-max,")]
    [InlineData("checkpoint = 5", "checkpoint must be a block of keys (agent,")]
    [InlineData("checkpoint.node-name { a = 1 }", "checkpoint.node-name must be a single value")]
    public void Shapes(string hocon, string fault) =>
        Assert.Contains(NodeText.FaultsWith(hocon), actual => actual.StartsWith(fault, StringComparison.Ordinal));

    [Theory(DisplayName = "A key that is none is refused, with the nearest one that is")]
    [InlineData("checkpoint.sessions.handels-max = 5", "checkpoint.sessions.handels-max is not a key, did you mean checkpoint.sessions.handles-max?")]
    [InlineData("checkpoint.nodename = 5", "checkpoint.nodename is not a key, did you mean checkpoint.node-name?")]
    [InlineData("checkpoint.session.heartbeat = 5s", "checkpoint.session.heartbeat is not a key, did you mean checkpoint.sessions.heartbeat?")]
    [InlineData("checkpoint.heartbeat = 5s", "checkpoint.heartbeat is not a key, did you mean checkpoint.replication.heartbeat or checkpoint.sessions.heartbeat?")]
    [InlineData("checkpoint.xyzzy = 5", "checkpoint.xyzzy is not a key (checkpoint.reference.conf lists them)")]
    [InlineData("chekpoint.node-name = x", "chekpoint is not a block, did you mean checkpoint?")]
    [InlineData("Checkpoint.node-name = x", "Checkpoint is not a block, did you mean checkpoint?")]
    [InlineData("sessions.handles-max = 5", "sessions is not a block that a host reads (akka, checkpoint)")]
    [InlineData("handles-max = 5", "handles-max is not a block that a host reads (akka, checkpoint)")]
    [InlineData("loglevel = DEBUG", "loglevel is not a block that a host reads (akka, checkpoint)")]
    [InlineData("\"checkpoint.node-name\" = x", "checkpoint.node-name is not a block that a host reads (akka, checkpoint)")]
    [InlineData("checkpoint sessions { handles-max = 5 }", "checkpoint sessions is not a block that a host reads (akka, checkpoint)")]
    public void Unknown_keys(string hocon, string fault) => Assert.Equal([fault], NodeText.FaultsWith(hocon));

    [Theory(DisplayName = "Another block is taken when a substitution uses it")]
    [InlineData("base = 5\ncheckpoint.sessions.handles-max = ${base}")]
    [InlineData("site.handles = 5\ncheckpoint.sessions.handles-max = ${site.handles}")]
    public void Used_by_substitution(string hocon) =>
        Assert.Empty(NodeText.FaultsOf(() => HostConfiguration.From(NodeText.ParseExactly(hocon).WithFallback(NodeText.Parse(NodeText.Right)))));

    [Theory(DisplayName = "A substitution that holds itself is one fault, not an endless look at it")]
    [InlineData("checkpoint.bogus = ${checkpoint}", "checkpoint.bogus")]
    [InlineData("akka.cluster.roles = ${akka.cluster}", "akka.cluster.roles")]
    [InlineData("site.a = ${site}\nsite.b = ${site}", "site.")]
    [InlineData("checkpoint.a = ${akka.b}\nakka.b = ${checkpoint}", "akka.b.a")]
    public void Circles(string hocon, string path)
    {
        var fault = Assert.Single(NodeText.FaultsOf(() => HostConfiguration.From(NodeText.ParseExactly(hocon).WithFallback(NodeText.Parse(NodeText.Right)))));
        Assert.StartsWith(path, fault, StringComparison.Ordinal);
        Assert.EndsWith("holds itself, by a substitution", fault, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A value where a block of keys belongs is one fault: its keys are not blamed as well")]
    [InlineData("checkpoint.sessions = 5", "checkpoint.sessions must be a block of keys (change-events-max,")]
    [InlineData("checkpoint.faults = on", "checkpoint.faults must be a block of keys (clock-offset,")]
    public void Block_alone(string hocon, string fault) => Assert.StartsWith(fault, Assert.Single(NodeText.FaultsWith(hocon)), StringComparison.Ordinal);

    [Theory(DisplayName = "Settings that contradict each other are refused, each with both values")]
    [InlineData("drain-timeout = 50s", "checkpoint.drain-timeout = 50s, must be at most checkpoint.shutdown-timeout = 40s")]
    [InlineData("replication.detection = 200ms", "checkpoint.replication.detection = 200ms, must be at least 3 times checkpoint.replication.heartbeat = 75ms")]
    [InlineData("sessions.silence-max = 250ms", "checkpoint.sessions.silence-max = 250ms, must be at least 3 times checkpoint.sessions.heartbeat = 100ms")]
    [InlineData("replication.heartbeat = 10ms\ncheckpoint.agent.tick = 20ms", "checkpoint.replication.heartbeat = 10ms, must be at least checkpoint.agent.tick = 20ms")]
    [InlineData("entity.agent-patience = 100ms", "checkpoint.entity.agent-patience = 100ms, must be at least checkpoint.entity.retry-interval = 200ms")]
    [InlineData("entity.recheck-interval = 100ms", "checkpoint.entity.recheck-interval = 100ms, must be at least checkpoint.entity.retry-interval = 200ms")]
    public void Relations(string hocon, string fault) =>
        Assert.StartsWith(fault, Assert.Single(NodeText.FaultsWith($"checkpoint.{hocon}")), StringComparison.Ordinal);

    [Fact(DisplayName = "A setting that is wrong by itself is not also blamed for what it does to another")]
    public void Relations_of_faulty_values() =>
        Assert.StartsWith("checkpoint.sessions.silence-max = 1, must be a duration", Assert.Single(NodeText.FaultsWith("checkpoint.sessions.silence-max = 1")));

    [Theory(DisplayName = "A setting of the command line that is no key and value is refused, whatever it is")]
    [InlineData("checkpoint..node-name=n")]
    [InlineData(".a=1")]
    [InlineData("a.=1")]
    [InlineData("\"a=1")]
    [InlineData("checkpoint.node-name=[\"a\",")]
    [InlineData("a$b=1")]
    [InlineData("checkpoint.journal.file={a")]
    public void Broken_settings(string setting)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "");
            Assert.Contains(NodeText.FaultsOf(() => HostConfiguration.Load(file, [setting])), fault => fault.StartsWith($"--set {setting}", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private enum Kind
    {
        Text,
        Duration,
        Size,
        Number,
        Fraction,
        Switch,
    }

    private static Kind KindOf(Config defaults, string key) => defaults.GetString($"checkpoint.{key}") switch
    {
        _ when key == "faults.drop" => Kind.Fraction,
        "on" or "off" => Kind.Switch,
        var text when int.TryParse(text, out _) => Kind.Number,
        var text when HoconUnits.TryDuration(text, out _) => Kind.Duration,
        var text when HoconUnits.TryBytes(text, out _) => Kind.Size,
        _ => Kind.Text,
    };

    /// <summary>100 is a number, also one that a few keys take.</summary>
    private static bool IsRight(Kind kind, string key, string value) => kind == Kind.Number && value == "100";
}
