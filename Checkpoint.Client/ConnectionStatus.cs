namespace Checkpoint.Client;

/// <summary>How a <see cref="CheckpointClient"/> stands to the cluster.</summary>
public enum ConnectionStatus
{
    /// <summary>It looks for a host; calls wait inside their deadline.</summary>
    Joining = 1,

    /// <summary>A host serves it.</summary>
    Connected = 2,

    /// <summary>It was disposed of; nothing will be sent any more.</summary>
    Closed = 3,
}

/// <summary>Told by <see cref="CheckpointClient.ConnectionChanged"/>.</summary>
/// <param name="status">What it is now.</param>
/// <param name="hostName">The <c>node-name</c> of the host that serves the client, or empty.</param>
/// <param name="reason">Why it changed, for a log line.</param>
public sealed class ConnectionChangedEventArgs(ConnectionStatus status, string hostName, string reason) : EventArgs
{
    public ConnectionStatus Status { get; } = status;

    public string HostName { get; } = hostName;

    public string Reason { get; } = reason;
}
