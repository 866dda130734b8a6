namespace Checkpoint.Protocol;

/// <summary>SaAisErrorT: what a caller branches on. Values are those of the AIS headers (ais-ckpt 3.1).</summary>
public enum AisStatus
{
    Ok = 1,
    Library = 2,
    Version = 3,
    Init = 4,

    /// <summary>The outcome is unknown: applied at most once, all of it or nothing.</summary>
    Timeout = 5,

    /// <summary>Nothing was applied, and the condition is transient.</summary>
    TryAgain = 6,
    InvalidParam = 7,
    NoMemory = 8,
    BadHandle = 9,
    Busy = 10,
    Access = 11,
    NotExist = 12,
    NameTooLong = 13,
    Exist = 14,
    NoSpace = 15,
    Interrupt = 16,
    NameNotFound = 17,
    NoResources = 18,
    NotSupported = 19,
    BadOperation = 20,
    FailedOperation = 21,
    MessageError = 22,
    QueueFull = 23,
    QueueNotAvailable = 24,
    BadFlags = 25,
    TooBig = 26,
    NoSections = 27,
    NoOp = 28,
    RepairPending = 29,
    NoBindings = 30,
    Unavailable = 31,
}
