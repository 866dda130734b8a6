using Checkpoint.Protocol;

namespace Checkpoint.Tests.Simulation;

/// <summary>The views' journal: a unique key on the number, and nothing else.</summary>
public sealed class SimJournal
{
    private readonly SortedDictionary<long, View> _rows = [];

    public bool IsAway { get; set; }

    public IReadOnlyCollection<View> Rows => _rows.Values;

    public View? Newest => _rows.Count == 0 ? null : _rows.Last().Value;

    public bool TryAppend(View row) => _rows.TryAdd(row.Number, row);
}
