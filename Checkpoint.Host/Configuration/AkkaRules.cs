using Akka.Configuration;
using Checkpoint.Actors.Configuration;

namespace Checkpoint.Host.Configuration;

/// <summary>Values of the <c>akka</c> block that Akka would take and the service cannot work with.</summary>
internal static class AkkaRules
{
    private const string Role = "checkpoint";
    private const string Roles = "akka.cluster.roles";
    private const string Loggers = "akka.loggers";
    private const string FrameSize = "akka.remote.dot-netty.tcp.maximum-frame-size";
    private const long FrameBytesMin = 256 * 1024;
    private static readonly string[] LogLevels = ["OFF", "ERROR", "WARNING", "INFO", "DEBUG"];

    /// <summary>What host.conf, and the configuration built into the programs, set; another value, and the promises of the service do not hold.</summary>
    private static readonly (string Key, string Value)[] Needed =
    [
        ("akka.actor.provider", "cluster"),
        ("akka.cluster.downing-provider-class", "Checkpoint.Actors.Views.ViewDowning, Checkpoint.Actors"),
        ("akka.cluster.run-coordinated-shutdown-when-down", "on"),
        ("akka.coordinated-shutdown.exit-clr", "off"),
        ("akka.persistence.journal.plugin", "akka.persistence.journal.sql"),
        ("akka.cluster.sharding.role", Role),
        ("akka.cluster.singleton.role", Role),
        ("akka.cluster.distributed-data.role", Role),
        ("akka.cluster.client.receptionist.role", Role),
    ];

    public static void Check(Config own, IEnumerable<string> journals, List<string> faults)
    {
        var whole = own.WithFallback(CheckpointReference.Actors()).WithFallback(AkkaReference.Config);
        foreach (var (key, value) in Needed)
        {
            if (TextOf(whole, key) is { } text && text != value && !IsSame(text, value))
                faults.Add($"{key} = {text}, must be {value}: the service depends on it (host.conf has it)");
        }

        foreach (var key in journals.SelectMany(journal => new[] { $"{journal}.connection-string", $"{journal}.provider-name" }).Where(own.HasPath))
            faults.Add($"{key} is set by checkpoint.journal");
        foreach (var key in new[] { "akka.loglevel", "akka.stdout-loglevel" })
        {
            if (TextOf(whole, key) is { } level && !LogLevels.Contains(level, StringComparer.OrdinalIgnoreCase))
                faults.Add($"{key} = {level}, must be {string.Join(" or ", LogLevels)}");
        }

        CheckFrame(whole, faults);
        CheckLists(whole, faults);
    }

    private static void CheckFrame(Config whole, List<string> faults)
    {
        if (faults.Any(fault => fault.StartsWith($"{FrameSize} ", StringComparison.Ordinal)))
            return; // Not even a size.
        if (TextOf(whole, FrameSize) is { } text && whole.GetByteSize(FrameSize) < FrameBytesMin)
            faults.Add($"{FrameSize} = {text}, must be at least {FrameBytesMin}b: the pieces that content travels in would be dropped (cluster.conf has it)");
    }

    private static void CheckLists(Config whole, List<string> faults)
    {
        if (whole.GetValue(Loggers) is { } loggers && ConfigKeys.IsList(loggers))
            faults.AddRange(whole.GetStringList(Loggers).Where(name => Type.GetType(name, throwOnError: false) is null && name.Contains(','))
                .Select(name => $"{Loggers}: '{name}' is not a class that this host has"));

        if (whole.GetValue(Roles) is not { } value || !ConfigKeys.IsList(value))
            return;
        var roles = whole.GetStringList(Roles);
        faults.AddRange(roles.Where(role => role.Length == 0 || role.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')))
            .Select(role => $"{Roles}: '{role}' is not a role of A-Z a-z 0-9 . _ -"));
        if (!roles.Contains(Role))
            faults.Add($"{Roles} = [{string.Join(", ", roles)}], must have {Role} among them");
    }

    /// <summary>Null for what is no single value: that is said elsewhere.</summary>
    private static string? TextOf(Config whole, string key) =>
        whole.GetValue(key) is { } value && !ConfigKeys.IsList(value) && !value.IsObject() ? value.GetString() : null;

    private static bool IsSame(string text, string value) => (text, value) is ("true" or "yes", "on") or ("false" or "no", "off");
}
