namespace Checkpoint.Host.Logging;

/// <summary>Where lines end up. Used by one thread, which may be held up in it as long as the system likes.</summary>
public interface ILineTarget : IDisposable
{
    /// <param name="lines">Whole lines in UTF-8; not kept.</param>
    /// <exception cref="IOException">Not all of it is written. What was lost is the caller's to count.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    void Write(ReadOnlySpan<byte> lines);
}
