using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>What the connection actor has to do after a step of <see cref="ConnectionState"/>, in order.</summary>
internal abstract record ConnectionEffect
{
    /// <summary>To the present session.</summary>
    internal sealed record Send(SessionProtocol.IMessage Message) : ConnectionEffect;

    /// <summary>Begin attempt number <paramref name="Attempt"/> to join; what earlier ones bring is void.</summary>
    /// <param name="Avoid">The host just left, to be asked only when there is no other; null for none.</param>
    /// <param name="AskAll">
    /// The host whose receptionist answered did not welcome us before: its door may hang, so all doors are asked. The first one wins, the
    /// others are told farewell.
    /// </param>
    internal sealed record Join(int Attempt, HostId? Avoid, bool AskAll) : ConnectionEffect;

    /// <summary>The present session is over for this side.</summary>
    /// <param name="SaysFarewell">
    /// Its host is told. Not after a broken link: a host that lived all the same would close at once what the client is about to attach
    /// elsewhere, and the last close may delete a checkpoint; the host's own patience with silence gives the time.
    /// </param>
    internal sealed record Leave(string Reason, bool SaysFarewell) : ConnectionEffect;

    /// <summary>To the reader of a handle's changes.</summary>
    internal sealed record Push(ulong Handle, SessionProtocol.IMessage Change) : ConnectionEffect;

    /// <summary>No more changes will come for this handle.</summary>
    internal sealed record EndOfChanges(ulong Handle, AisStatus Status, string Reason) : ConnectionEffect;

    internal sealed record StatusChanged(ConnectionStatus Status, string HostName, string Reason) : ConnectionEffect;
}
