using Akka.Configuration;

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
    /// <exception cref="ConfigurationException">Names every bad key in one message.</exception>
    public static AgentOptions From(Config root)
    {
        List<string> faults = [];
        var options = new AgentOptions(
            Read("agent.tick", 1, 50),
            Read("agent.parcel-timeout", 100, 60_000),
            Read("agent.probe-timeout", 10, 5_000),
            Read("views.journal-timeout", 100, 60_000),
            Read("views.remove-stranger-after", 1_000, 600_000));
        return faults.Count == 0 ? options : throw new ConfigurationException(string.Join("; ", faults));

        TimeSpan Read(string key, int minMilliseconds, int maxMilliseconds)
        {
            var value = root.GetTimeSpan($"checkpoint.{key}", TimeSpan.Zero);
            if (value.TotalMilliseconds < minMilliseconds || value.TotalMilliseconds > maxMilliseconds)
                faults.Add($"checkpoint.{key} = {value.TotalMilliseconds} ms, must be within {minMilliseconds} and {maxMilliseconds} ms");
            return value;
        }
    }
}
