namespace Checkpoint.Cli;

/// <summary>
/// What --timeout gives a command: the time that it waits for its input and for the service, all together. The time that the reader of its
/// output takes is not counted: a person with a pager is slow.
/// </summary>
/// <param name="total">Nanoseconds; <see cref="AisTime.End"/> is without limit.</param>
public sealed class TimeBudget(long total, TimeProvider clock)
{
    private long _spent;

    /// <value>Nanoseconds, as it was given.</value>
    public long Total => total;

    /// <value>Nanoseconds, 0 when all is spent; <see cref="AisTime.End"/> is without limit.</value>
    public long Left => total == AisTime.End ? AisTime.End : Math.Max(0, total - _spent);

    /// <summary>A new one, for a command that needs more than the rest.</summary>
    public TimeBudget AtLeast(long nanoseconds) => new(Math.Max(total, nanoseconds), clock);

    /// <summary>Counts until what it returns is disposed of. One at a time.</summary>
    public Spell Spend() => new(this);

    /// <summary>One wait.</summary>
    public sealed class Spell : IDisposable
    {
        private readonly TimeBudget _budget;
        private readonly TimeProvider _clock;
        private readonly long _startedAt;

        internal Spell(TimeBudget budget)
        {
            (_budget, _clock) = (budget, budget.Clock);
            _startedAt = _clock.GetTimestamp();
        }

        /// <inheritdoc cref="TimeBudget.Left"/>
        public long Left => _budget.Left == AisTime.End ? AisTime.End : Math.Max(0, _budget.Left - Elapsed);

        private long Elapsed => AisTime.FromTimeSpan(_clock.GetElapsedTime(_startedAt));

        public void Dispose() => _budget._spent += Elapsed;
    }

    private TimeProvider Clock => clock;
}
