using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Checkpoints.CheckpointProtocol;

namespace Checkpoint.Tests.Actors.Checkpoints;

/// <summary>Values that the tests of a checkpoint's entity have in common. Times are AIS seconds after an arbitrary start.</summary>
internal static class Some
{
    public const long Second = AisTime.NanosecondsPerSecond;
    public const long NoDeadline = AisTime.End;

    public static readonly CheckpointName Name = new("safCkpt=words");
    public static readonly HostId A = new("127.0.0.1:4051", 11);
    public static readonly HostId B = new("127.0.0.1:4052", 12);
    public static readonly HostId C = new("127.0.0.1:4053", 13);

    public static readonly CreationAttributes Attributes =
        new(CreationFlags.WriteAllReplicas, 4096, 10 * Second, 4, 1024, 16);

    public static readonly CreationAttributes Collocated = Attributes with { Flags = CreationFlags.WriteActiveReplica | CreationFlags.Collocated };

    public static IncarnationId Incarnation(int number) => new(new Guid(number, 0, 0, new byte[8]));

    public static SessionId Session(int number) => new(new Guid(number, 1, 0, new byte[8]));

    public static Opener Opener(HostId host, int session = 1, ulong handle = 1, OpenFlags flags = OpenFlags.Read | OpenFlags.Write) =>
        new(host, Session(session), handle, flags);

    public static Open Open(Opener opener, ulong number = 1, long deadline = NoDeadline, IncarnationId? reattach = null) =>
        new(Name, number, deadline, opener, null, true, reattach);

    public static Open Create(
        Opener opener, CreationAttributes? attributes = null, bool compareRetention = true, ulong number = 1, long deadline = NoDeadline) =>
        new(Name, number, deadline, opener with { Flags = opener.Flags | OpenFlags.Create }, attributes ?? Attributes, compareRetention, null);

    public static Close Close(IncarnationId incarnation, Opener opener, ulong number = 1) =>
        new(Name, number, NoDeadline, incarnation, opener);
}
