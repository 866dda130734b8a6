namespace WordCount;

/// <summary>What one worker is told.</summary>
/// <param name="Name">How it is called in its output and in the hosts' logs.</param>
/// <param name="Contacts">Hosts of the cluster, each host:port.</param>
/// <param name="HoldAt">
/// Numbers of pieces. After acknowledging one of these, the worker sends the next piece and then does nothing more, so that who kills it
/// there kills it with a write on its way, however small the file is.
/// </param>
public sealed record WorkerOptions(string Name, IReadOnlyList<string> Contacts, string File, PieceKind Piece, IReadOnlySet<long> HoldAt)
{
    /// <summary>See <see cref="Lease"/>.</summary>
    public TimeSpan LeaseLength { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>One call. Short, since every call here may be made again, and one that is lost with a host costs this time.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a worker goes on trying before it gives up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}
