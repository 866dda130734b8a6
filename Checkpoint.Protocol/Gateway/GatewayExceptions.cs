namespace Checkpoint.Protocol;

/// <summary>The connection to the host has ended; whether a request on its way took effect is unknown.</summary>
public sealed class GatewayClosedException(Exception? why)
    : IOException($"the connection to the host has ended{(why is null ? "" : $": {why.Message}")}", why);

/// <summary>The host does not take this client.</summary>
public sealed class GatewayRefusedException(AisStatus status, string reason) : Exception($"{status}: {reason}")
{
    public AisStatus Status { get; } = status;
}
