using System.Globalization;

namespace WordCount;

/// <summary>A command line of <c>--name value</c> pairs; a name may be given several times.</summary>
public sealed class Arguments
{
    private readonly Dictionary<string, List<string>> _values = [];

    /// <exception cref="FormatException">It is no list of pairs, or names something that is not in <paramref name="known"/>.</exception>
    public Arguments(IReadOnlyList<string> arguments, params string[] known)
    {
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (!known.Contains(arguments[i]) || i + 1 == arguments.Count)
                throw new FormatException($"{arguments[i]}? Expected pairs of: {string.Join(' ', known)}");
            if (!_values.TryGetValue(arguments[i], out var values))
                _values.Add(arguments[i], values = []);
            values.Add(arguments[i + 1]);
        }
    }

    public string One(string name) => All(name) is [var only] ? only : throw new FormatException($"{name} is needed once");

    public IReadOnlyList<string> All(string name) => _values.TryGetValue(name, out var values) ? values : [];

    public int Number(string name) => int.TryParse(One(name), CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new FormatException($"{name} {One(name)} is no number");

    public PieceKind Piece(string name) => One(name) switch
    {
        "line" => PieceKind.Line,
        "64k" => PieceKind.Lines64K,
        var other => throw new FormatException($"{name} {other}: it is line or 64k"),
    };
}
