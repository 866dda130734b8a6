using Checkpoint.Protocol;

namespace Checkpoint.Tests.Simulation;

/// <summary>One incarnation as the checker knows it: what was answered, and the one order as it became stable somewhere.</summary>
public sealed class SimCheckpoint(IncarnationId incarnation, CheckpointName name, CreationFlags flags, long bornAt)
{
    public const int SectionCount = 3;

    public static readonly CreationAttributes Attributes = new(CreationFlags.None, 1 << 16, 0, 16, 1 << 12, 64);

    public IncarnationId Incarnation { get; } = incarnation;

    public CheckpointName Name { get; } = name;

    public CreationFlags Flags { get; } = flags;

    public long BornAt { get; } = bornAt;

    public bool IsSynchronous => Flags.IsSynchronous();

    public bool IsCreated { get; set; }

    public bool WasDeletionAsked { get; set; }

    /// <summary>When the deletion was answered Ok.</summary>
    public long DeletedAt { get; set; } = long.MaxValue;

    /// <summary>At some moment nobody of the newest view who held it whole was left: then it may be gone.</summary>
    public bool MayBeLost { get; set; }

    /// <summary>What each sequence was, as applied somewhere.</summary>
    public Dictionary<long, string> Applied { get; } = [];

    public Dictionary<ulong, long> SequenceOf { get; } = [];

    /// <summary>Who wrote each section last, after each sequence. Index 0 is the empty checkpoint.</summary>
    public List<ulong?[]> States { get; } = [new ulong?[SectionCount]];

    /// <summary>The highest sequence that somebody was answered for: by a write, or by what a read saw.</summary>
    public long AnsweredFloor { get; set; }

    public static SectionId Section(int index) => new($"s{index}");

    public override string ToString() => $"{Name} ({Flags})";
}
