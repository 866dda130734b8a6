using System.Collections.Immutable;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// Which requests the journal's rows come from: a copy of one that comes again, to this run of the entity or to a later one, has been done,
/// and one that its asker no longer waits for must not be done any more. An asker is forgotten when every deadline that it named has
/// passed: a copy is too late then, and refused for that. Pure.
/// </summary>
public sealed record RequestMemory(ImmutableDictionary<SessionId, RequestMemory.OfAsker> Askers)
{
    /// <summary>
    /// Askers and numbers together; beyond it requests are told TRY_AGAIN. At 60 unlinks of one name a second, each by a new session with 10 s,
    /// some 900 are remembered. The journal's row that keeps them stays below 64 KiB.
    /// </summary>
    public const int CountMax = 1024;

    /// <summary>Clocks of hosts differ by less, and one that is set back goes back by less.</summary>
    private const long MarginAfterDeadline = 5 * AisTime.NanosecondsPerSecond;

    public static readonly RequestMemory Empty = new(ImmutableDictionary<SessionId, OfAsker>.Empty);

    public int Count => Askers.Values.Sum(asker => 1 + asker.Done.Count);

    /// <summary>AIS time at which nothing is remembered any more; 0 when nothing is.</summary>
    public long Until => Askers.Values.Select(asker => Later(asker.Deadline)).DefaultIfEmpty(0).Max();

    public bool IsDone(RequestId request) => Askers.TryGetValue(request.Asker, out var asker) && asker.Done.Contains(request.Number);

    /// <summary>Its asker has gone on.</summary>
    public bool IsGivenUp(RequestId request) => Askers.TryGetValue(request.Asker, out var asker) && request.Number <= asker.AnsweredTo;

    /// <param name="isDone">The row is all that the request wanted, so that a copy of it is answered OK.</param>
    public RequestMemory With(RequestOrigin? origin, bool isDone)
    {
        if (origin is null)
            return this;
        var before = Askers.GetValueOrDefault(origin.Asker, OfAsker.Unknown);
        var answeredTo = Math.Max(before.AnsweredTo, origin.AnsweredTo);
        var done = isDone ? before.Done.Add(origin.Number) : before.Done;
        return new RequestMemory(Askers.SetItem(
            origin.Asker, new OfAsker(answeredTo, Math.Max(before.Deadline, origin.Deadline), done.Except(done.Where(number => number <= answeredTo)))));
    }

    /// <param name="now">AIS time.</param>
    public RequestMemory Forget(long now)
    {
        var over = Askers.Where(asker => Later(asker.Value.Deadline) <= now).Select(asker => asker.Key).ToList();
        return over.Count == 0 ? this : new RequestMemory(Askers.RemoveRange(over));
    }

    private static long Later(long deadline) => deadline >= AisTime.End - MarginAfterDeadline ? AisTime.End : deadline + MarginAfterDeadline;

    /// <param name="Deadline">The latest that it named.</param>
    /// <param name="Done">Numbers above <paramref name="AnsweredTo"/>.</param>
    public sealed record OfAsker(ulong AnsweredTo, long Deadline, ImmutableSortedSet<ulong> Done)
    {
        internal static readonly OfAsker Unknown = new(0, 0, []);

        /// <summary>A set compares by reference otherwise.</summary>
        public bool Equals(OfAsker? other) =>
            other is not null && AnsweredTo == other.AnsweredTo && Deadline == other.Deadline && Done.SequenceEqual(other.Done);

        public override int GetHashCode() => HashCode.Combine(AnsweredTo, Deadline, Done.Count);
    }
}
