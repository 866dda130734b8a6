using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Checkpoint.Actors.Configuration;

/// <summary>Holds what a configuration sets to the reference file: a key that is not in it would be a typing error without effect.</summary>
public static class OwnKeys
{
    /// <summary>The blocks of a host's configuration. Others have no effect, and may only hold values that substitutions use.</summary>
    private static readonly string[] Blocks = ["akka", OptionsReader.Block, "checkpoint-agent-dispatcher"];

    /// <summary>Notes keys of the <c>checkpoint</c> block that do not exist, and values where a block belongs or the other way round.</summary>
    public static void Check(Config own, List<string> faults)
    {
        var known = CheckpointReference.Defaults().Root.GetObject().Items[OptionsReader.Block];
        var names = ConfigKeys.Below(CheckpointReference.Defaults(), OptionsReader.Block).Select(key => $"{OptionsReader.Block}.{key}").ToList();
        var substituted = ConfigKeys.Substituted(own);
        List<string> found = [];
        foreach (var items in ConfigKeys.Layers(own))
        {
            if (items.TryGetValue(OptionsReader.Block, out var value))
                Check(value, known, OptionsReader.Block, names, found);
            found.AddRange(items.Keys.Except(Blocks).Except(substituted).Select(UnknownBlock));
        }

        faults.AddRange(found.Distinct().Except(faults));
    }

    private static void Check(HoconValue value, HoconValue known, string path, List<string> names, List<string> faults)
    {
        if (!known.IsObject())
        {
            if (value.IsObject() || ConfigKeys.IsList(value))
                faults.Add($"{path} must be a single value");
            return;
        }

        var keys = known.GetObject().Items;
        if (!value.IsObject())
        {
            faults.Add($"{path} must be a block of keys ({string.Join(", ", keys.Keys.Order(StringComparer.Ordinal))})");
            return;
        }

        foreach (var (name, child) in value.GetObject().Items)
        {
            if (keys.TryGetValue(name, out var counterpart))
                Check(child, counterpart, $"{path}.{name}", names, faults);
            else
                faults.AddRange(ConfigKeys.Of(child, $"{path}.{name}").Select(key => Unknown(key, names)));
        }
    }

    private static string UnknownBlock(string block) => NearestKeys.Hint(block, Blocks) is { Length: > 0 } hint
        ? $"{block} is not a block{hint}"
        : $"{block} is not a block that a host reads (akka, {OptionsReader.Block})";

    private static string Unknown(string key, List<string> names) =>
        NearestKeys.Hint(key, names) is { Length: > 0 } hint ? $"{key} is not a key{hint}" : $"{key} is not a key ({CheckpointReference.FileName} lists them)";
}
