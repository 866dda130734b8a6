namespace Checkpoint.Trials;

/// <summary>What one call asks of a name.</summary>
public enum CallKind
{
    Create,
    CreateOther,
    Open,
    Unlink,

    /// <summary>What <c>checkpoint show</c> asks.</summary>
    Show,

    /// <summary>The retention duration is set, through the handle of the caller's latest open.</summary>
    Retain,

    /// <summary>That handle is closed.</summary>
    Close,
}

/// <summary>One call of a script.</summary>
/// <param name="Caller">0 or 1: which of the two survivors.</param>
public readonly record struct ScriptedCall(int Caller, CallKind Kind);

/// <summary>What happens to one name around a kill: the calls of a step are issued together, a step when the one before it was answered.</summary>
/// <param name="Exists">Whether it was created before the kill.</param>
public sealed record NameScript(bool Exists, IReadOnlyList<ScriptedCall[]> Steps)
{
    /// <summary>The caller A has to have it open before the kill.</summary>
    public bool NeedsHandle => Steps[0][0].Kind is CallKind.Retain or CallKind.Close;

    private const int A = 0, B = 1;

    /// <summary>
    /// Every answer depends on what came before: a call that was done twice, or late, or not at all though it was answered, shows in a later
    /// answer or in what the name is afterwards.
    /// </summary>
    private static readonly NameScript[] All =
    [
        new(false, [[new(A, CallKind.Create)], [new(B, CallKind.Open)], [new(A, CallKind.Unlink)], [new(B, CallKind.Open)]]),
        new(true, [[new(A, CallKind.Open)], [new(A, CallKind.Unlink)], [new(A, CallKind.Create)]]),
        new(true, [[new(A, CallKind.Unlink)], [new(B, CallKind.Create)], [new(A, CallKind.Open)]]),
        new(true, [[new(A, CallKind.Unlink), new(B, CallKind.Unlink)], [new(A, CallKind.Open)]]),
        new(false, [[new(A, CallKind.Create), new(B, CallKind.Create)], [new(B, CallKind.Unlink)]]),
        new(true, [[new(A, CallKind.CreateOther), new(B, CallKind.Open)], [new(B, CallKind.Show)]]),
        new(true, [[new(A, CallKind.Retain)], [new(A, CallKind.Close)], [new(B, CallKind.Show)], [new(B, CallKind.Unlink)]]),
        new(true, [[new(A, CallKind.Close), new(B, CallKind.Show)], [new(A, CallKind.Open)]]),
        new(false, [[new(A, CallKind.Show), new(B, CallKind.Unlink)], [new(A, CallKind.Create)]]),
        new(true, [[new(A, CallKind.Unlink), new(B, CallKind.Open)], [new(B, CallKind.Create)]]),
    ];

    /// <summary>For who was served by the victim: its handle is attached on another host before the first of these calls is sent.</summary>
    public static readonly NameScript Moved = new(
        true, [[new(A, CallKind.Retain)], [new(A, CallKind.Show)], [new(A, CallKind.Close)], [new(A, CallKind.Open)], [new(A, CallKind.Unlink)], [new(A, CallKind.Create)]]);

    public static int Count => All.Length;

    public static NameScript Of(int name) => All[name % All.Length];
}
