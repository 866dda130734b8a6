namespace WordCount.Demonstration;

/// <summary>After which pieces the leader is killed. Pure: a seed gives the same points for the same file.</summary>
public static class KillPlan
{
    /// <summary>A file of fewer pieces is done without a kill.</summary>
    public const long PiecesMin = 5;

    /// <returns>
    /// Ascending numbers of pieces between 20 and 80 % of all, as many as asked for or as fit: from one to the next each leader acknowledges at
    /// least one piece of its own, whether or not the one that was on its way at the kill was counted.
    /// </returns>
    public static IReadOnlyList<long> Points(long pieces, int kills, int seed)
    {
        var low = Math.Max(1, (pieces + 4) / 5);
        var high = Math.Min(pieces * 4 / 5, pieces - 2);
        if (pieces < PiecesMin || kills < 1 || high < low)
            return [];

        // Every second place is enough room; choosing among places and not among pieces keeps the distance.
        var places = ((high - low) / 2) + 1;
        var count = (int)Math.Min(kills, places);
        var random = new Random(seed);
        var chosen = new SortedSet<long>();
        while (chosen.Count < count)
            chosen.Add(random.NextInt64(places));
        var odd = (high - low) % 2 == 1 && random.Next(2) == 1 ? 1 : 0;
        return [.. chosen.Select(place => low + (2 * place) + odd)];
    }
}
