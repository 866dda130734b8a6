namespace Checkpoint.Actors.Sessions;

/// <summary>
/// Keeps the order of one client's changes to one checkpoint while some of them are asked again. A change that was refused
/// for now waits here, and later ones wait behind it; none is asked again after a later one was applied, because then the
/// order in which they were issued could no longer be kept: that one is answered TRY_AGAIN.
/// </summary>
internal sealed class ChangeLane
{
    private readonly List<PendingRequest> _waiting = [];
    private long _appliedUpTo;
    private int _inFlight;
    private int _attempts;
    private long _resumeAt;

    public bool IsIdle => _inFlight == 0 && _waiting.Count == 0;

    /// <returns>True when the change may be asked at once.</returns>
    public bool Enter(PendingRequest change)
    {
        if (_waiting.Count > 0)
        {
            _waiting.Add(change);
            return false;
        }

        _inFlight++;
        return true;
    }

    /// <summary>Asked and answered for good, or given up while it was asked.</summary>
    /// <param name="mayBeApplied">Ok, or unknown.</param>
    /// <returns>Changes issued before it that must not be asked again.</returns>
    public IReadOnlyList<PendingRequest> Answered(PendingRequest change, bool mayBeApplied)
    {
        _inFlight--;
        if (!mayBeApplied)
            return [];
        _attempts = 0;
        _appliedUpTo = Math.Max(_appliedUpTo, change.Order);
        if (_waiting.Count == 0)
            return [];
        var tooLate = _waiting.TakeWhile(waiting => waiting.Order < _appliedUpTo).ToList();
        _waiting.RemoveRange(0, tooLate.Count);
        return tooLate;
    }

    /// <summary>Not executed this time.</summary>
    /// <returns>False when a later one was applied: it may not be asked again.</returns>
    public bool Refused(PendingRequest change, long now)
    {
        _inFlight--;
        if (change.Order < _appliedUpTo)
            return false;
        var at = _waiting.FindIndex(waiting => waiting.Order > change.Order);
        _waiting.Insert(at < 0 ? _waiting.Count : at, change);
        if (_resumeAt <= now)
            _resumeAt = now + Backoff.After(_attempts++);
        return true;
    }

    /// <summary>It waits no longer: its deadline has come.</summary>
    public void Leave(PendingRequest change) => _waiting.Remove(change);

    /// <summary>Those whose time has come to be asked again, in order; all or none, and none while one is on its way.</summary>
    public IReadOnlyList<PendingRequest> Resume(long now)
    {
        if (_inFlight > 0 || _waiting.Count == 0 || now < _resumeAt)
            return [];
        var resumed = _waiting.ToList();
        _waiting.Clear();
        _inFlight = resumed.Count;
        return resumed;
    }
}

/// <summary>How long to wait before a question is asked again.</summary>
internal static class Backoff
{
    private const long First = 5_000_000;
    private const long Most = 250_000_000;

    /// <returns>Nanoseconds: 5 ms doubling to 250 ms.</returns>
    public static long After(int attempts) => Math.Min(First << Math.Min(attempts, 10), Most);
}
