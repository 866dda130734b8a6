using System.Collections.Immutable;

namespace Checkpoint.Protocol;

/// <summary>
/// A numbered list of hosts: one row of the views' journal, whose unique key lets one proposer win a number. A host is in a view
/// by address <em>and</em> uid, so a restarted process never is.
/// </summary>
/// <param name="Number">1 for the first; each row's number is one above the row before.</param>
/// <param name="Hosts">Survivors in the order of the row before, then newcomers. The first one recovers the view (its START).</param>
/// <param name="Since">For each of <paramref name="Hosts"/> the number of the view that it came in by: one that was left out in between must end.</param>
/// <param name="Previous">The hosts of the row before: a majority of those not known dead must adopt this view before it serves.</param>
/// <param name="Dead">Those of <paramref name="Previous"/> that the proposer knew to be dead. Knowledge, not suspicion.</param>
/// <param name="Proposer">Who wrote the row.</param>
public sealed record View(
    long Number,
    ImmutableArray<HostId> Hosts,
    ImmutableArray<long> Since,
    ImmutableArray<HostId> Previous,
    ImmutableArray<HostId> Dead,
    HostId Proposer)
{
    public bool Contains(HostId host) => IndexOf(host) >= 0;

    /// <summary>The place of the host in the list, or -1.</summary>
    public int IndexOf(HostId host)
    {
        for (var index = 0; index < Hosts.Length; index++)
            if (Hosts[index] == host)
                return index;
        return -1;
    }

    public override string ToString() => $"view {Number} [{string.Join(", ", Hosts)}]";
}
