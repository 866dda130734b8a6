using Akka.Configuration;
using Akka.Configuration.Hocon;
using Checkpoint.Actors.Configuration;

namespace Checkpoint.Host.Configuration;

/// <summary>
/// Holds the <c>akka</c> block to the reference files of Akka's modules. Akka itself ignores a key that it does not know, so that a typing error, or a
/// key of another version, has no effect and nobody is told; and a value that it cannot read it finds late, in the middle of a start.
/// </summary>
public static class AkkaKeys
{
    private const string Block = "akka";
    private const string Dispatcher = "dispatcher";

    /// <summary>The one that <see cref="CheckpointReference.Actors"/> makes.</summary>
    private const string OwnDispatcher = "checkpoint-agent-dispatcher";

    /// <summary>Blocks whose keys are names that whoever writes the file gives: anything may stand in them.</summary>
    private static readonly string[] Free =
    [
        "akka.actor.deployment", "akka.actor.mailbox", "akka.actor.router.type-mapping",
        "akka.actor.serializers", "akka.actor.serialization-bindings", "akka.actor.serialization-identifiers",
        "akka.cluster.role", "akka.remote.adapters",
    ];

    /// <summary>
    /// Blocks that also take the keys of others. A star is any name.
    /// </summary>
    private static readonly (string Block, string[] As)[] Alike =
    [
        ("akka.persistence.journal.*", ["akka.persistence.journal.sql", "akka.persistence.journal-plugin-fallback"]),
        ("akka.persistence.snapshot-store.*", ["akka.persistence.snapshot-store.sql", "akka.persistence.snapshot-store-plugin-fallback"]),
        ("akka.cluster.sharding.distributed-data", ["akka.cluster.distributed-data"]),
        ("akka.coordinated-shutdown.phases.*", ["akka.coordinated-shutdown.phases.cluster-exiting"]),
    ];

    /// <summary>Every dispatcher has its keys, whatever its name.</summary>
    private static HoconValue DefaultDispatcher => AkkaReference.Config.GetValue("akka.actor.default-dispatcher");

    public static void Check(Config own, List<string> faults)
    {
        var known = AkkaReference.Config.Root.GetObject().Items[Block];
        List<string> found = [];
        foreach (var items in ConfigKeys.Layers(own))
        {
            if (items.TryGetValue(Block, out var value))
                Check(value, [known], Block, found);
            if (items.TryGetValue(OwnDispatcher, out var dispatcher))
                Check(dispatcher, [DefaultDispatcher], OwnDispatcher, found);
        }

        faults.AddRange(found.Distinct());
    }

    private static void Check(HoconValue value, IReadOnlyList<HoconValue> known, string path, List<string> faults)
    {
        if (known.Any(other => other.IsObject()))
            CheckBlock(value, [.. known.Where(other => other.IsObject())], path, faults);
        else if (AkkaValues.Fault(known[0], value) is { } fault)
            faults.Add($"{path} {fault}");
    }

    private static void CheckBlock(HoconValue value, IReadOnlyList<HoconValue> known, string path, List<string> faults)
    {
        if (!value.IsObject())
        {
            faults.Add($"{path} must be a block of keys");
            return;
        }

        foreach (var (name, child) in value.GetObject().Items)
        {
            var key = $"{path}.{name}";
            if (Free.Contains(key))
                continue;
            List<HoconValue> counterparts = [.. known.Select(other => Child(other, name)).OfType<HoconValue>()];
            if (counterparts.Count > 0 ? counterparts[0].IsObject() : child.IsObject())
                counterparts.AddRange(AlikeOf(path, key));
            if (child.IsObject() && name.EndsWith(Dispatcher, StringComparison.Ordinal))
                counterparts = [.. counterparts.Where(other => other.IsObject()), DefaultDispatcher];
            if (counterparts.Count > 0)
                Check(child, counterparts, key, faults);
            else
                faults.AddRange(ConfigKeys.Of(child, key).Select(unknown => Unknown(unknown, name, key, known)));
        }
    }

    private static IEnumerable<HoconValue> AlikeOf(string path, string key) => Alike
        .Where(pair => pair.Block == key || pair.Block == $"{path}.*")
        .SelectMany(pair => pair.As)
        .Select(AkkaReference.Config.GetValue)
        .OfType<HoconValue>();

    private static HoconValue? Child(HoconValue block, string name) =>
        block.GetObject().Items.TryGetValue(name, out var child) ? child : null;

    private static string Unknown(string unknown, string name, string key, IReadOnlyList<HoconValue> known)
    {
        var names = known.SelectMany(other => other.GetObject().Items.Keys).Distinct();
        var hint = NearestKeys.Hint(name, names);
        return $"{unknown} is not a key of Akka {AkkaVersion}{(unknown == key ? hint : "")}";
    }

    private static string AkkaVersion { get; } = typeof(Akka.Actor.ActorSystem).Assembly.GetName().Version!.ToString(3);
}
