using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>
/// What working on content costs a thread, counted instead of timed so that every host and every simulated schedule cuts it at the same places. The
/// unit is a byte that is copied into a new page.
/// </summary>
public static class ContentWork
{
    /// <summary>
    /// An element that is checked, looked up or published, as so many bytes copied. Measured on 2 shared cores, thread CPU: an element 0.8 us in each of
    /// the four passes (1,000 elements over 1,000 sections in one step: 3.8 ms), 4 KiB into new pages 1.5 us (64 MiB: 37 ms).
    /// </summary>
    public const long PerElement = 4096;

    /// <param name="op">Null: an update of something else than content.</param>
    public static long Of(ContentOp? op) => op is null ? PerElement : Of(ElementsOf(op), op.DataBytes);

    public static long Of(long elements, long bytes) => Saturating.Add(Saturating.Multiply(elements, PerElement), bytes);

    public static int ElementsOf(ContentOp op) => op switch
    {
        ContentOp.Write write => write.Elements.Count,
        ContentOp.ExpireSections expire => expire.Ids.Count,
        _ => 1,
    };
}
