using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// The highest term of each name's entity that this host has answered: an older entity that still runs somewhere gets no answer. The term of a
/// name that was not called for half an hour no longer counts.
/// </summary>
internal sealed class RollCallTerms(TimeProvider clock)
{
    private const int KeptMax = 100_000;

    /// <summary>
    /// Half of the shortest checkpoint.journal.absent-rows-kept: when the last row of a name is purged its terms begin at 1 again, and a
    /// host that still remembered a higher one would keep the name's new entity from starting.
    /// </summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(30);

    private readonly Dictionary<CheckpointName, (long Term, long At)> _terms = [];

    public bool Accept(CheckpointName name, long term)
    {
        if (_terms.TryGetValue(name, out var seen) && term < seen.Term && !IsOld(seen.At))
            return false;
        _terms[name] = (term, clock.GetTimestamp());
        if (_terms.Count > KeptMax)
            Forget();
        return true;
    }

    private bool IsOld(long at) => clock.GetElapsedTime(at) > KeptFor;

    private void Forget()
    {
        foreach (var (name, seen) in _terms.Where(entry => IsOld(entry.Value.At)).ToList())
            _terms.Remove(name);
        if (_terms.Count <= KeptMax)
            return;
        foreach (var (name, _) in _terms.OrderBy(entry => entry.Value.At).Take(KeptMax / 4).ToList())
            _terms.Remove(name);
    }
}
