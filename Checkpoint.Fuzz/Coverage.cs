using System.Numerics;

namespace Checkpoint.Fuzz;

/// <summary>Which points all inputs together have reached, and how often in one run, by powers of two.</summary>
public sealed class Coverage(IReadOnlyList<Point> points)
{
    private readonly byte[] _reached = new byte[points.Count];

    /// <summary>Takes over what <see cref="Probe"/> counted.</summary>
    /// <returns>Whether anything of it is new.</returns>
    public bool Add()
    {
        var isNew = false;
        var hits = Probe.Hits;
        for (var id = 0; id < _reached.Length; id++)
        {
            if (hits[id] == 0)
                continue;
            var magnitude = (byte)(1 << BitOperations.Log2(hits[id]));
            isNew |= (_reached[id] & magnitude) == 0;
            _reached[id] |= magnitude;
        }

        return isNew;
    }

    /// <summary>Lines of the source, of which any point was reached, and all.</summary>
    public (int Reached, int All) Lines()
    {
        var lines = points.GroupBy(point => (point.File, point.Line)).ToList();
        return (lines.Count(line => line.Any(point => _reached[point.Id] != 0)), lines.Count);
    }

    public IEnumerable<string> Missing() =>
        points.Where(point => _reached[point.Id] == 0)
            .GroupBy(point => point.File)
            .Select(file => $"{file.Key}: {string.Join(", ", file.Select(point => point.Line).Distinct().Order())}");
}
