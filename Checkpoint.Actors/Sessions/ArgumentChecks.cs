using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>Step 1 of ais-ckpt 1.3: what can be checked without the handle. Null means that nothing is wrong.</summary>
public static class ArgumentChecks
{
    private static readonly byte[] NamePrefix = "safCkpt="u8.ToArray();

    private const OpenFlags KnownFlags = OpenFlags.Read | OpenFlags.Write | OpenFlags.Create;

    /// <param name="budget">Nanoseconds; negative is INVALID_PARAM whatever the command.</param>
    public static Refusal? Check(Command command, long budget, ProfileRules rules)
    {
        if (budget < 0)
            return Refusal.Invalid($"timeout {budget} ns is negative");
        return command switch
        {
            Open open => CheckOpen(open, rules),
            Attach attach => CheckFlags(attach.Flags),
            SetRetention { Duration: < 0 } set => Refusal.Invalid($"retention duration {set.Duration} ns is negative"),
            Change change => CheckChange(change.Op, rules),
            Read { Elements.Count: 0 } when rules.EmptyVectorBeforeHandle => Refusal.Invalid("a vector of 0 elements"),
            Read read when rules.RefusesZeroBuffer => CheckZeroBuffers(read),
            Synchronize when budget == 0 && rules is { ZeroSynchronizeTimesOut: true, ZeroSynchronizeBeforeHandle: true } => ZeroSynchronize,
            IterationInitialize initialize => CheckIteration(initialize, rules),
            IterationNext { CountMax: < 1 } next => Refusal.Invalid($"count {next.CountMax} is below 1"),
            _ => null,
        };
    }

    public static readonly Refusal ZeroSynchronize = new(AisStatus.Timeout, "timeout 0");

    /// <summary>The name as the profile reads it; null when nothing is left of it.</summary>
    public static CheckpointName? NameOf(CheckpointName name, ProfileRules rules)
    {
        var end = rules.NameEndsAtNul ? name.Bytes.Span.IndexOf((byte)0) : -1;
        return end switch
        {
            < 0 => name,
            0 => null,
            _ => new CheckpointName(name.Bytes.Span[..end]),
        };
    }

    private static Refusal? CheckOpen(Open open, ProfileRules rules)
    {
        if (NameOf(open.Name, rules) is not { } name)
            return Refusal.Invalid("the name is empty up to its first NUL");
        if (name.Bytes.Length > rules.NameMaxBytes)
            return Refusal.Invalid($"a name of {name.Bytes.Length} bytes, at most {rules.NameMaxBytes}");
        if (rules.NamePrefix && !name.Bytes.Span.StartsWith(NamePrefix))
            return Refusal.Invalid($"the name {name} does not begin with safCkpt=");
        if (CheckFlags(open.Flags) is { } flags)
            return flags;
        if (open.Flags.HasFlag(OpenFlags.Create) != open.Attributes is not null)
            return Refusal.Invalid(open.Attributes is null ? "CREATE without creation attributes" : "creation attributes without CREATE");
        return open.Attributes?.Fault() is { } fault ? Refusal.Invalid(fault) : null;
    }

    private static Refusal? CheckFlags(OpenFlags flags) => flags == OpenFlags.None || (flags & ~KnownFlags) != 0
        ? new Refusal(AisStatus.BadFlags, $"open flags {(uint)flags} are no combination of 1, 2 and 4")
        : null;

    private static Refusal? CheckChange(ContentOp op, ProfileRules rules) => op switch
    {
        ContentOp.CreateSection { ExpirationTime: < 0 } create when !rules.PastExpirationIsForEver =>
            Refusal.Invalid($"expiration time {create.ExpirationTime} ns is negative"),
        ContentOp.DeleteSection { Id.IsDefault: true } when rules.DefaultIdBeforeHandle =>
            Refusal.Invalid("the default section cannot be deleted"),
        ContentOp.SetExpiration { Id.IsDefault: true } when rules.DefaultIdBeforeHandle =>
            Refusal.Invalid("the default section's expiration time cannot be changed"),
        ContentOp.SetExpiration { ExpirationTime: < 0 } set => Refusal.Invalid($"expiration time {set.ExpirationTime} ns is negative"),
        ContentOp.Write { Elements.Count: 0 } when rules.EmptyVectorBeforeHandle => Refusal.Invalid("a vector of 0 elements"),
        ContentOp.ExpireSections or ContentOp.Corrupt => Refusal.Invalid($"{op.GetType().Name} is not a client's to ask for"),
        _ => null,
    };

    private static Refusal? CheckZeroBuffers(Read read)
    {
        for (var index = 0; index < read.Elements.Count; index++)
            if (read.Elements[index].Size == 0)
                return Refusal.Invalid("a buffer of 0 bytes", index);
        return null;
    }

    private static Refusal? CheckIteration(IterationInitialize initialize, ProfileRules rules)
    {
        if (initialize.Chosen is < SectionsChosen.Forever or > SectionsChosen.Any)
            return Refusal.Invalid($"sections chosen {(byte)initialize.Chosen} is none of 1 to 5");
        var isUsed = initialize.Chosen is SectionsChosen.LessOrEqual or SectionsChosen.GreaterOrEqual;
        return initialize.Time < 0 && (isUsed || rules.IterationTimeAlways)
            ? Refusal.Invalid($"expiration time {initialize.Time} ns is negative")
            : null;
    }
}
