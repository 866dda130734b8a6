using System.Diagnostics;

namespace Checkpoint.Trials;

/// <summary>A client of one host.</summary>
public interface ICaller : IAsyncDisposable
{
    /// <param name="sinceKill">Runs since the kill.</param>
    Task<CallRecord> CallAsync(CallKind kind, string name, Stopwatch sinceKill, CancellationToken cancel);
}
