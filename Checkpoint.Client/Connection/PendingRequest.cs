using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>A request that the present session has and has not answered. It stays in the table after its caller gave up, since the host still counts it.</summary>
/// <param name="Call">Whose request it is; null for the connection's own.</param>
/// <param name="Handle">The handle that the connection's own request settles, if any.</param>
internal sealed record PendingRequest(SessionProtocol.Command Command, Call? Call, OpenHandle? Handle);
