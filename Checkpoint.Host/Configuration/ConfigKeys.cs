using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Checkpoint.Host.Configuration;

/// <summary>The keys that a configuration sets, as full paths.</summary>
public static class ConfigKeys
{
    /// <summary>Every leaf below <paramref name="block"/>, without the block's name.</summary>
    public static IReadOnlySet<string> Below(Config config, string block)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        for (var layer = config; layer is not null; layer = layer.Fallback)
        {
            if (layer.Root is { } root && root.IsObject() && root.GetObject().Items.TryGetValue(block, out var value))
                Gather(value, "", keys);
        }

        return keys;
    }

    private static void Gather(HoconValue value, string path, SortedSet<string> keys)
    {
        if (!value.IsObject())
        {
            keys.Add(path);
            return;
        }

        foreach (var (key, child) in value.GetObject().Items)
            Gather(child, path.Length == 0 ? key : $"{path}.{key}", keys);
    }
}
