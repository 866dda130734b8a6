using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>
/// What working on content costs a thread, counted instead of timed so that every host and every simulated schedule cuts it at the same places. The
/// unit is a byte that is copied into a new page.
/// </summary>
public static class ContentWork
{
    /// <summary>
    /// An element that is checked, looked up or published, as so many bytes copied. Measured on 2 shared cores ("steps" of Checkpoint.Benchmarks), thread
    /// CPU, p50 to p99: a slice of 64 elements 0.03 to 0.1 ms, of 256 KiB into new pages 0.05 to 0.5 ms, which is its page faults.
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
