using Checkpoint.Protocol;

namespace Checkpoint.Actors.Diagnostics;

/// <summary>Where one checkpoint's content is worked on. What throws there costs that call or that checkpoint, never the host.</summary>
public enum ContentStep
{
    /// <summary>The orderer checks a change: it is refused, and nothing enters the log.</summary>
    Check = 1,

    /// <summary>An update that entered the log is taken in.</summary>
    TakeIn = 2,

    /// <summary>A stable update is applied.</summary>
    Apply = 3,

    /// <summary>A read, a list or a description is made.</summary>
    Read = 4,

    /// <summary>The orderer looks for sections whose time has come.</summary>
    Expire = 5,

    /// <summary>The orderer makes or encodes the state that a newcomer is filled with.</summary>
    Snapshot = 6,

    /// <summary>A newcomer takes a piece of that state, or makes its table of the pieces.</summary>
    Fill = 7,

    /// <summary>A write between two steps.</summary>
    InPlace = 8,
}

/// <summary>For tests: throws wherever it likes. A pure function of its arguments in a simulation.</summary>
/// <param name="op">The change at hand, if there is one.</param>
public delegate void ContentFault(ContentStep step, CheckpointName name, ContentOp? op);
