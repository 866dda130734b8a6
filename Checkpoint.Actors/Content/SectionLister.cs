using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>The ids that an iteration walks, all of one state. <paramref name="time"/> counts for LEQ and GEQ only, both inclusive (ais-ckpt 2.8).</summary>
internal sealed class SectionLister(SectionTable table, SectionsChosen chosen, long time, PendingSections? pending) : IQuerySteps
{
    private readonly List<SectionId> _ids = [];
    private readonly bool _isPending = pending is { Changes: > 0 };
    private IEnumerator<Section>? _stable;
    private IEnumerator<SectionId>? _touched;

    public bool NeedsTable { get; private set; } = true;

    public IReadOnlyList<SectionId> Ids => _ids;

    public long Work => ContentWork.Of(table.Count / ListsPerElement, 0);

    public QueryResult Result => new QueryResult.Listed(_ids);

    public bool Step(long work)
    {
        _stable ??= table.Sections.Values.GetEnumerator();
        for (; work > 0; work -= ContentWork.PerElement / ListsPerElement)
            if (!Next())
            {
                NeedsTable = false;
                return true;
            }

        return false;
    }

    /// <summary>A section in a list costs less than one that is checked or read.</summary>
    private const long ListsPerElement = 4;

    private bool Next()
    {
        if (_touched is null && _stable!.MoveNext())
        {
            var section = _stable.Current;
            if (!(_isPending && pending!.Touches(section.Id)) && Matches(section.ExpirationTime, section.IsCorrupted))
                _ids.Add(section.Id);
            return true;
        }

        _touched ??= (_isPending ? pending!.TouchedIds : []).GetEnumerator();
        if (!_touched.MoveNext())
            return false;
        if (pending!.Outline(_touched.Current) is { } outline && Matches(outline.ExpirationTime, outline.IsCorrupted))
            _ids.Add(_touched.Current);
        return true;
    }

    private bool Matches(long expirationTime, bool isCorrupted) => chosen switch
    {
        SectionsChosen.Any => true,
        SectionsChosen.Forever => expirationTime == AisTime.End,
        SectionsChosen.LessOrEqual => expirationTime <= time,
        SectionsChosen.GreaterOrEqual => expirationTime >= time,
        SectionsChosen.Corrupted => isCorrupted,
        _ => throw new ArgumentOutOfRangeException(nameof(chosen), chosen, "no SaCkptSectionsChosenT"),
    };
}
