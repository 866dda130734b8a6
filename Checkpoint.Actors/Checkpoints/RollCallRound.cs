using System.Collections.Immutable;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Sessions.SessionRegistryProtocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// One asking of every host of a view. An answer is as old as the host that gave it, so it also holds who was known when the host was
/// asked: only of those may the answer say that they are gone. Pure.
/// </summary>
internal sealed class RollCallRound(ulong number, IReadOnlyCollection<HostId> hosts, CheckpointState state)
{
    private readonly HashSet<HostId> _missing = [.. hosts];

    private readonly ImmutableDictionary<HostId, ImmutableHashSet<OpenerKey>> _knownBefore = state.Lives.Values
        .SelectMany(life => life.Openers.Values)
        .GroupBy(opener => opener.Host)
        .ToImmutableDictionary(group => group.Key, group => group.Select(OpenerKey.Of).ToImmutableHashSet());

    public ulong Number => number;

    /// <summary>Unknown is not none: nothing is decided before this is empty.</summary>
    public IReadOnlyCollection<HostId> Missing => _missing;

    public bool IsComplete => _missing.Count == 0;

    /// <summary>False for an answer to something else, or a second one of the same host.</summary>
    public bool Take(Present present) => present.Number == number && _missing.Remove(present.Host);

    /// <summary>Known when this host was asked, and not in its answer: their sessions are gone.</summary>
    public ImmutableHashSet<OpenerKey> Gone(Present present) =>
        _knownBefore.GetValueOrDefault(present.Host, []).Except(present.Opens.Select(open => OpenerKey.Of(open.Opener)));
}
