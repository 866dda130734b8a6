namespace Checkpoint.Cli;

/// <summary>AIS status codes as the headers spell them, and what an operator can do about each.</summary>
public static class StatusText
{
    /// <summary>For example SA_AIS_ERR_NOT_EXIST.</summary>
    public static string NameOf(AisStatus status) =>
        status == AisStatus.Ok ? "SA_AIS_OK" : "SA_AIS_ERR_" + WordOf(status);

    /// <summary>What to do next, or null when the reason says it all.</summary>
    public static string? Advice(AisStatus status) => status switch
    {
        AisStatus.Timeout =>
            "it may or may not have been done: look before you repeat it (checkpoint show, checkpoint dump), or give more time with --timeout",
        AisStatus.TryAgain => "nothing was done and the condition is transient: repeat it, or give more time with --timeout",
        AisStatus.NotExist => "'checkpoint list' shows the checkpoints there are",
        AisStatus.Exist => "'checkpoint show NAME' shows what it was created with",
        AisStatus.NoSections => "the checkpoint is empty: 'checkpoint put NAME SECTION --text ...' creates a section",
        AisStatus.NoSpace => "the checkpoint is as full as its creation attributes allow: 'checkpoint show NAME' shows them",
        AisStatus.NoResources or AisStatus.NoMemory => "a limit of the host or of the client is reached: 'checkpoint status' shows memory used and the limit",
        AisStatus.Unavailable => "this host does not serve at present: 'checkpoint status' shows the view; use a host of the majority",
        AisStatus.Version => "this command line and the host are of different releases: use the one that came with the host",
        _ => null,
    };

    private static string WordOf(AisStatus status) => status switch
    {
        AisStatus.TryAgain => "TRY_AGAIN",
        AisStatus.InvalidParam => "INVALID_PARAM",
        AisStatus.NoMemory => "NO_MEMORY",
        AisStatus.BadHandle => "BAD_HANDLE",
        AisStatus.NotExist => "NOT_EXIST",
        AisStatus.NameTooLong => "NAME_TOO_LONG",
        AisStatus.NoSpace => "NO_SPACE",
        AisStatus.NameNotFound => "NAME_NOT_FOUND",
        AisStatus.NoResources => "NO_RESOURCES",
        AisStatus.NotSupported => "NOT_SUPPORTED",
        AisStatus.BadOperation => "BAD_OPERATION",
        AisStatus.FailedOperation => "FAILED_OPERATION",
        AisStatus.MessageError => "MESSAGE_ERROR",
        AisStatus.QueueFull => "QUEUE_FULL",
        AisStatus.QueueNotAvailable => "QUEUE_NOT_AVAILABLE",
        AisStatus.BadFlags => "BAD_FLAGS",
        AisStatus.TooBig => "TOO_BIG",
        AisStatus.NoSections => "NO_SECTIONS",
        AisStatus.NoOp => "NO_OP",
        AisStatus.RepairPending => "REPAIR_PENDING",
        AisStatus.NoBindings => "NO_BINDINGS",
        _ => status.ToString().ToUpperInvariant(),
    };
}
