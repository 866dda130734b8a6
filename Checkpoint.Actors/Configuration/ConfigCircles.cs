using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Checkpoint.Actors.Configuration;

/// <summary>Blocks that hold themselves, by a substitution of one that they stand in: whoever follows them never ends.</summary>
public static class ConfigCircles
{
    /// <summary>No file of anybody's is that deep; a block that is merged with another has a new object each time.</summary>
    private const int DepthMax = 64;

    /// <returns>A fault for the first one.</returns>
    public static IReadOnlyList<string> Of(Config config)
    {
        List<string> found = [];
        foreach (var items in ConfigKeys.Layers(config))
        {
            foreach (var (name, value) in items)
                Follow(value, name, [], found);
        }

        return found;
    }

    private static void Follow(HoconValue value, string path, HashSet<HoconObject> above, List<string> found)
    {
        if (found.Count > 0 || !value.IsObject())
            return; // One is enough: two would be followed in every order.

        var block = value.GetObject();
        if (!above.Add(block) || above.Count > DepthMax)
        {
            found.Add($"{path} holds itself, by a substitution");
            return;
        }

        foreach (var (name, child) in block.Items)
            Follow(child, $"{path}.{name}", above, found);
        above.Remove(block);
    }
}
