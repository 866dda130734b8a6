using System.Globalization;

namespace Checkpoint.Fuzz;

/// <summary>A place in the decoder's source that the instrumented assembly reports.</summary>
/// <param name="Id">The argument of <see cref="Probe.Hit"/>.</param>
/// <param name="File">Its name without directories.</param>
/// <param name="Method">For the list of what was not reached.</param>
public sealed record Point(int Id, string File, int Line, string Method)
{
    public static IReadOnlyList<Point> Load(string path) => [.. System.IO.File.ReadLines(path).Select(Parse)];

    public static void Save(string path, IEnumerable<Point> points) => System.IO.File.WriteAllLines(
        path, points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.Id}\t{point.File}\t{point.Line}\t{point.Method}")));

    private static Point Parse(string line)
    {
        var fields = line.Split('\t');
        return new Point(int.Parse(fields[0], CultureInfo.InvariantCulture), fields[1], int.Parse(fields[2], CultureInfo.InvariantCulture), fields[3]);
    }
}
