using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Checkpoint.Actors.Configuration;

/// <summary>The keys that a configuration sets, as full paths.</summary>
public static class ConfigKeys
{
    /// <summary>Every leaf below <paramref name="block"/>, without the block's name.</summary>
    public static IReadOnlySet<string> Below(Config config, string block)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var items in Layers(config))
        {
            if (items.TryGetValue(block, out var value))
                keys.UnionWith(Of(value, ""));
        }

        return keys;
    }

    /// <summary>What each layer of a configuration sets, the one that wins first.</summary>
    public static IEnumerable<IDictionary<string, HoconValue>> Layers(Config config)
    {
        for (var layer = config; layer is not null; layer = layer.Fallback)
        {
            if (layer.Root is { } root && root.IsObject())
                yield return root.GetObject().Items;
        }
    }

    /// <summary>Top-level blocks that substitutions take values from.</summary>
    public static IReadOnlySet<string> Substituted(Config config)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var layer = config; layer is not null; layer = layer.Fallback)
            names.UnionWith((layer.Substitutions ?? []).Select(substitution => substitution.Path.Split('.')[0]));
        return names;
    }

    /// <summary>Akka's own IsArray is false for an empty one.</summary>
    public static bool IsList(HoconValue value) => value.Values.Any(part => part.IsArray());

    /// <summary>Every leaf of a value; the value itself, as <paramref name="path"/>, when it is one.</summary>
    public static IEnumerable<string> Of(HoconValue value, string path) => value.IsObject()
        ? value.GetObject().Items.SelectMany(pair => Of(pair.Value, path.Length == 0 ? pair.Key : $"{path}.{pair.Key}"))
        : [path];
}
