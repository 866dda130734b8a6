using Akka.Configuration;
using Checkpoint.Actors.Configuration;

namespace Checkpoint.Actors.Replication;

/// <summary>Typed view of <c>checkpoint.agent</c> and <c>checkpoint.views</c>; checkpoint.reference.conf says why each default.</summary>
/// <param name="Tick">How often time passes for the machine. 1 to 50 ms.</param>
/// <param name="ParcelTimeout">Silence after which parcels in flight are given up. 0.1 to 60 s.</param>
/// <param name="ProbeTimeout">One connect to a suspect of this machine. 10 ms to 5 s.</param>
/// <param name="JournalTimeout">One look at the journal of views. 0.1 to 60 s.</param>
/// <param name="RemoveStrangerAfter">Unreachable so long, a member that no view has had is downed. 1 s to 10 min.</param>
public sealed record AgentOptions(
    TimeSpan Tick, TimeSpan ParcelTimeout, TimeSpan ProbeTimeout, TimeSpan JournalTimeout, TimeSpan RemoveStrangerAfter)
{
    /// <exception cref="ConfigurationFaultsException">Names every fault of the two blocks.</exception>
    public static AgentOptions From(Config root) => OptionsReader.Read(root, Read);

    /// <summary>Reads everything; what is wrong is noted in the reader's faults.</summary>
    public static AgentOptions Read(OptionsReader reader)
    {
        return new AgentOptions(
            Time("agent.tick", 1, 50),
            Time("agent.parcel-timeout", 100, 60_000),
            Time("agent.probe-timeout", 10, 5_000),
            Time("views.journal-timeout", 100, 60_000),
            Time("views.remove-stranger-after", 1_000, 600_000));

        TimeSpan Time(string key, int minMilliseconds, int maxMilliseconds) =>
            reader.Duration(key, TimeSpan.FromMilliseconds(minMilliseconds), TimeSpan.FromMilliseconds(maxMilliseconds));
    }
}
