namespace Checkpoint.Cli.Bench;

/// <summary>
/// What a run needs of a cluster. Failures are <see cref="CliFailure"/>; TRY_AGAIN is asked again behind this and counted.
/// </summary>
public interface IBenchCluster : IAsyncDisposable
{
    /// <summary>The node that serves the run's session.</summary>
    string Node { get; }

    /// <summary>TRY_AGAIN answers so far.</summary>
    long Retries { get; }

    Task<IBenchCheckpoint> CreateAsync(CheckpointName name, CreationAttributes attributes, CancellationToken cancel);

    Task<IBenchCheckpoint> OpenAsync(CheckpointName name, CancellationToken cancel);
}

/// <summary>One open handle.</summary>
public interface IBenchCheckpoint
{
    ValueTask CreateSectionAsync(SectionId id, ReadOnlyMemory<byte> data, CancellationToken cancel);

    ValueTask DeleteSectionAsync(SectionId id, CancellationToken cancel);

    ValueTask OverwriteAsync(SectionId id, ReadOnlyMemory<byte> data, CancellationToken cancel);

    /// <summary>At offset 0.</summary>
    ValueTask WriteAsync(SectionId id, ReadOnlyMemory<byte> data, CancellationToken cancel);

    /// <returns>Bytes read, at most <paramref name="sizeBytes"/>.</returns>
    ValueTask<int> ReadAsync(SectionId id, int sizeBytes, CancellationToken cancel);

    /// <summary>Iterates over all sections.</summary>
    /// <returns>How many there were.</returns>
    ValueTask<int> IterateAsync(CancellationToken cancel);

    ValueTask CloseAsync(CancellationToken cancel);
}
