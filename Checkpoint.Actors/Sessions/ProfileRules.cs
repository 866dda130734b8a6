using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// The switches of ais-ckpt 3.7 that the service decides, for one client. Those that concern pointers, version answers or
/// dispatching are the C library's.
/// </summary>
public sealed record ProfileRules
{
    /// <summary>UNAVAILABLE, the open-mode checks of B.02.02 and the name's form are for clients that asked for B.2 (B2Threshold).</summary>
    public required bool IsB2 { get; init; }

    /// <summary>NamePrefix: Open asks for "safCkpt=".</summary>
    public required bool NamePrefix { get; init; }

    /// <summary>NameEnd: the name ends at its first NUL.</summary>
    public required bool NameEndsAtNul { get; init; }

    /// <value>Bytes. LongNames: whether the program enabled them is the library's to know.</value>
    public required int NameMaxBytes { get; init; }

    /// <summary>RetentionInCompare: CREATE of an existing checkpoint compares the retention duration too.</summary>
    public required bool RetentionInCompare { get; init; }

    /// <summary>ModeChecksB2: StatusGet, IterationInitialize need READ, RetentionDurationSet needs WRITE.</summary>
    public required bool ModeChecksB2 { get; init; }

    /// <summary>WritePastMax: what offset + size above max-section-size is.</summary>
    public required AisStatus WritePastMax { get; init; }

    /// <summary>WriteEmptyElement: an element without data is INVALID_PARAM.</summary>
    public required bool RefusesEmptyElement { get; init; }

    /// <summary>ReadZeroBuffer: a buffer of size 0 is INVALID_PARAM.</summary>
    public required bool RefusesZeroBuffer { get; init; }

    /// <summary>ReadPastMax: offset + size above max-section-size is INVALID_PARAM.</summary>
    public required bool RefusesReadPastMax { get; init; }

    /// <summary>PastExpirationAtCreate, NegativeExpirationAtCreate: kept for ever instead of due at once or INVALID_PARAM.</summary>
    public required bool PastExpirationIsForEver { get; init; }

    /// <summary>PastExpirationAtSet: INVALID_PARAM.</summary>
    public required bool RefusesPastExpiration { get; init; }

    /// <summary>IterTimeCheck: a negative time is INVALID_PARAM also where it is not used.</summary>
    public required bool IterationTimeAlways { get; init; }

    /// <summary>DsOtherId: delete or set-expiration of another id on a checkpoint with a default section is INVALID_PARAM.</summary>
    public required bool RefusesOtherIdBesideDefault { get; init; }

    /// <summary>SectionIdMax.</summary>
    /// <value>Bytes, beside max-section-id-size.</value>
    public required int SectionIdMaxBytes { get; init; }

    /// <summary>SmallRetentionIsZero: the timer counts below 10 ms as 0; the attribute is kept and read back as given.</summary>
    public required bool SmallRetentionIsZero { get; init; }

    /// <summary>SyncTimeoutZero: a synchronize that may take no time is TIMEOUT; else it gets the default limit.</summary>
    public required bool ZeroSynchronizeTimesOut { get; init; }

    /// <summary>...and is so before the handle is looked at.</summary>
    public required bool ZeroSynchronizeBeforeHandle { get; init; }

    /// <summary>The default section's id in delete and set-expiration is refused with the arguments, before the handle (1.3).</summary>
    public required bool DefaultIdBeforeHandle { get; init; }

    /// <summary>A write's sizes are checked before the open mode (1.3).</summary>
    public required bool WriteSizesBeforeAccess { get; init; }

    /// <summary>A vector without elements is refused with the arguments; else after the open mode (1.3).</summary>
    public required bool EmptyVectorBeforeHandle { get; init; }

    /// <summary>What the host answers when it lost its view: never UNAVAILABLE to a B.1 client.</summary>
    public AisStatus Unavailable => IsB2 ? AisStatus.Unavailable : AisStatus.TryAgain;

    /// <summary>
    /// The rules for a client, by the version that it <em>requested</em>. Which versions a library answers goes by its flavour, not by the profile
    /// (a libSaCkpt.so.1 in profile openais still serves B.2 programs), so a library that ends at B.1 refuses the others itself.
    /// </summary>
    /// <returns>Null when the version is not supported (VERSION).</returns>
    public static ProfileRules? For(Profile profile, AisVersion requested)
    {
        const int MajorMax = 2;
        var majorMin = profile == Profile.OpenSaf ? 1 : 0;
        if (requested.Release != (byte)'B' || requested.Major > MajorMax || requested.Major < majorMin)
            return null;

        return profile switch
        {
            Profile.OpenSaf => OpenSaf(requested.Major == 2 && requested.Minor >= 2),
            Profile.OpenAis => OpenAis(),
            _ => Strict(requested.Major == 2),
        };
    }

    private static ProfileRules Strict(bool isB2) => new()
    {
        IsB2 = isB2,
        NamePrefix = isB2,
        NameEndsAtNul = false,
        NameMaxBytes = CheckpointName.PlainLengthMaxBytes,
        RetentionInCompare = !isB2,
        ModeChecksB2 = isB2,
        WritePastMax = AisStatus.InvalidParam,
        RefusesEmptyElement = false,
        RefusesZeroBuffer = false,
        RefusesReadPastMax = false,
        PastExpirationIsForEver = false,
        RefusesPastExpiration = false,
        IterationTimeAlways = false,
        RefusesOtherIdBesideDefault = false,
        SectionIdMaxBytes = SectionId.LengthMaxBytes,
        SmallRetentionIsZero = false,
        ZeroSynchronizeTimesOut = true,
        ZeroSynchronizeBeforeHandle = false,
        DefaultIdBeforeHandle = true,
        WriteSizesBeforeAccess = false,
        EmptyVectorBeforeHandle = true,
    };

    private static ProfileRules OpenSaf(bool isB2) => Strict(isB2) with
    {
        NameEndsAtNul = true,
        NameMaxBytes = CheckpointName.LengthMaxBytes,
        WritePastMax = AisStatus.NoResources,
        RefusesZeroBuffer = true,
        RefusesReadPastMax = true,
        PastExpirationIsForEver = true,
        RefusesPastExpiration = true,
        IterationTimeAlways = true,
        RefusesOtherIdBesideDefault = true,
        SectionIdMaxBytes = 49,
        SmallRetentionIsZero = true,
        ZeroSynchronizeTimesOut = false,
        WriteSizesBeforeAccess = true,
        EmptyVectorBeforeHandle = false,
    };

    private static ProfileRules OpenAis() => Strict(isB2: false) with
    {
        RefusesEmptyElement = true,
        PastExpirationIsForEver = true,
        ZeroSynchronizeBeforeHandle = true,
        DefaultIdBeforeHandle = false,
        EmptyVectorBeforeHandle = false,
    };
}
