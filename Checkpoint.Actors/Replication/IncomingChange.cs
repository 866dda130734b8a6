using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>A change of another host's session, at its orderer's host.</summary>
/// <param name="Deadline">By this host's clock.</param>
internal sealed record IncomingChange(HostId From, HostMessage.Change Change, long Deadline);
