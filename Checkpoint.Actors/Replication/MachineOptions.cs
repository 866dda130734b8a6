using Checkpoint.Actors.Diagnostics;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// Times and limits of a <see cref="HostMachine"/>. Times are nanoseconds. What must be equal on all hosts says so. What an operator may
/// choose is required and has its default in checkpoint.reference.conf; the rest are constants of the design, which tests may change.
/// </summary>
public sealed record MachineOptions
{
    private const long Millisecond = AisTime.NanosecondsPerMillisecond;

    /// <summary>The longest time between two ticks while the host runs well. Marks, retries and deadlines have this grain.</summary>
    public required long TickInterval { get; init; }

    /// <summary>Between two heartbeats to each host. A third of <see cref="Detection"/> or less.</summary>
    public required long Heartbeat { get; init; }

    /// <summary>Without a heartbeat for so long a host counts as unheard, and a view without it may be proposed.</summary>
    public required long Detection { get; init; }

    /// <summary>Bytes of section data and logs that this host holds.</summary>
    public required long BytesMax { get; init; }

    /// <summary>Incarnations that this host holds.</summary>
    public required int IncarnationsMax { get; init; }

    /// <summary>An append or read without any answer for so long is given up, and the rows are read again. At least what a look at the journal may take.</summary>
    public required long JournalPatience { get; init; }

    /// <summary>After a closed socket a host counts as heard for so long at most: time for the kernel's word, or for a heartbeat over a new socket.</summary>
    public long SuspectPatience { get; init; } = 100 * Millisecond;

    /// <summary>How long an answered heartbeat lets its sender serve, counted from its sending. Equal on all hosts.</summary>
    public long Lease { get; init; } = 500 * Millisecond;

    /// <summary>What a new view waits beyond <see cref="Lease"/>, in percent: the drift that clocks may have against each other. Equal on all hosts.</summary>
    public int LeaseMarginPercent { get; init; } = 10;

    /// <summary>How long "everything is stable up to here" may wait for an update to travel with.</summary>
    public long MarkDelay { get; init; } = 5 * Millisecond;

    /// <summary>The host of rank n in the coming view waits n times this before it proposes, so that not all write the same row.</summary>
    public long ProposeStagger { get; init; } = 60 * Millisecond;

    /// <summary>Between two attempts at the journal.</summary>
    public long JournalRetry { get; init; } = 300 * Millisecond;

    /// <summary>From the last use of the journal to a look whether it is still there; as old is at most what an operator is told of it.</summary>
    public long JournalLook { get; init; } = 10_000 * Millisecond;

    /// <summary>Between two sendings of what a host has not confirmed; grows with the bytes on their way, and doubles up to <see cref="ResendMax"/>.</summary>
    public long Resend { get; init; } = 150 * Millisecond;

    public long ResendMax { get; init; } = 5_000 * Millisecond;

    /// <summary>Added to <see cref="Resend"/> for each byte on its way: 10 MB/s.</summary>
    public long ResendPerByte { get; init; } = 100;

    /// <summary>A command that cannot be served (no lease, no START, hand-over) waits at most so long, and at most until its deadline, before TRY_AGAIN.</summary>
    public long ParkedMax { get; init; } = 3_000 * Millisecond;

    /// <summary>Commands that may wait at a time; one more is TRY_AGAIN at once.</summary>
    public int ParkedCountMax { get; init; } = 20_000;

    /// <summary>A host that could not serve for so long answers UNAVAILABLE instead of TRY_AGAIN.</summary>
    public long UnavailableAfter { get; init; } = 30_000 * Millisecond;

    /// <summary>The longest time that a change may be on its way to the orderer's host: bounds what that host must remember.</summary>
    public long ChangeTimeMax { get; init; } = 60_000 * Millisecond;

    /// <summary>
    /// How long a deletion is remembered. By then every host of the view has confirmed it or is in the view no longer, and nothing that was
    /// sent before it is still on its way: far above <see cref="ChangeTimeMax"/> and <see cref="Detection"/>.
    /// </summary>
    public long TombstoneTime { get; init; } = 300_000 * Millisecond;

    /// <summary>Between two looks for expired sections.</summary>
    public long ExpiryInterval { get; init; } = 50 * Millisecond;

    /// <summary>Messages with updates on their way to one host for one incarnation before later updates gather.</summary>
    public int RoundsMax { get; init; } = 2;

    /// <summary>Bytes of entries in one message, unless one entry alone is larger.</summary>
    public long RoundBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Entries of one incarnation that may be ordered and not yet stable; above it changes are TRY_AGAIN.</summary>
    public int LogEntriesMax { get; init; } = 8_192;

    /// <summary>Bytes of one incarnation that may be ordered and not yet stable. At least one update is always allowed.</summary>
    public long LogBytesMax { get; init; } = 160L * 1024 * 1024;

    /// <summary>
    /// What is more work than this is cut into slices (<see cref="Content.ContentWork"/>: a byte copied, 4,096 for an element): a vector of more than 128
    /// elements, more than 512 KiB of data. Measured with twice this ("steps" of Checkpoint.Benchmarks, 2 shared cores): 256 elements p99 0.7 ms of the
    /// thread and worst 1.5, so not more.
    /// </summary>
    public long StepWorkMax { get; init; } = 512 * 1024;

    /// <summary>
    /// One slice: 64 elements (measured p50 0.03 ms of the thread, p99 0.1, worst 0.7; 262,144 elements 2.4) or 256 KiB into new pages (p50 0.05, p99 0.5,
    /// worst 1.0; with 512 KiB 1.4); a collection of the heap may fall into any. Each costs a message in the agent's mailbox, so not less.
    /// </summary>
    public long SliceWork { get; init; } = 256 * 1024;

    /// <summary>
    /// Calls and small updates that one step goes on with, when many may at once, and sections that one expiry update deletes: as many as a slice has
    /// elements.
    /// </summary>
    public int BatchMax => Saturating.ToInt32(Math.Max(1, SliceWork / Content.ContentWork.PerElement));

    /// <summary>Pieces on their way to a newcomer for one incarnation.</summary>
    public int FillWindow { get; init; } = 8;

    /// <summary>Incarnations that one orderer's host fills at a time for one newcomer.</summary>
    public int FillsMax { get; init; } = 4;

    /// <summary>Trackers of one incarnation on this host.</summary>
    public int TrackersMax { get; init; } = 10_000;

    /// <summary>Null but in tests: called wherever one checkpoint's content is worked on.</summary>
    public ContentFault? ContentFault { get; init; }
}
