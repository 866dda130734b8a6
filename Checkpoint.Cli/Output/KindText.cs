namespace Checkpoint.Cli.Output;

/// <summary>Creation flags as words: all-replicas, active-replica, active-replica-weak, each with +collocated where it is.</summary>
public static class KindText
{
    public const string AllReplicas = "all-replicas";
    public const string ActiveReplica = "active-replica";
    public const string ActiveReplicaWeak = "active-replica-weak";

    public static readonly string[] Words = [AllReplicas, ActiveReplica, ActiveReplicaWeak];

    public static string Of(CreationFlags flags)
    {
        var word = (flags & ~CreationFlags.Collocated) switch
        {
            CreationFlags.WriteAllReplicas => AllReplicas,
            CreationFlags.WriteActiveReplica => ActiveReplica,
            CreationFlags.WriteActiveReplicaWeak => ActiveReplicaWeak,
            _ => $"flags {(uint)flags}",
        };
        return flags.IsCollocated() ? word + "+collocated" : word;
    }

    /// <exception cref="ArgumentException">None of <see cref="Words"/>; the parser lets nothing else pass.</exception>
    public static CreationFlags ToFlags(string word, bool collocated)
    {
        var flags = word switch
        {
            AllReplicas => CreationFlags.WriteAllReplicas,
            ActiveReplica => CreationFlags.WriteActiveReplica,
            ActiveReplicaWeak => CreationFlags.WriteActiveReplicaWeak,
            _ => throw new ArgumentException($"'{word}' is no kind of checkpoint", nameof(word)),
        };
        return collocated ? flags | CreationFlags.Collocated : flags;
    }
}
