using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// The highest term of each name's entity that this host has answered: an older entity that still runs somewhere gets no answer. Terms of names
/// that were not called for an hour are forgotten, as the journal forgets them.
/// </summary>
internal sealed class RollCallTerms(TimeProvider clock)
{
    private const int KeptMax = 100_000;

    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private readonly Dictionary<CheckpointName, (long Term, long At)> _terms = [];

    public bool Accept(CheckpointName name, long term)
    {
        if (_terms.TryGetValue(name, out var seen) && term < seen.Term)
            return false;
        _terms[name] = (term, clock.GetTimestamp());
        if (_terms.Count > KeptMax)
            Forget();
        return true;
    }

    private void Forget()
    {
        foreach (var (name, seen) in _terms.Where(entry => clock.GetElapsedTime(entry.Value.At) > KeptFor).ToList())
            _terms.Remove(name);
        if (_terms.Count <= KeptMax)
            return;
        foreach (var (name, _) in _terms.OrderBy(entry => entry.Value.At).Take(KeptMax / 4).ToList())
            _terms.Remove(name);
    }
}
