using System.Runtime.CompilerServices;
using Akka.Actor;
using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>One enumeration of a handle's changes: told to track, read with credit, told to stop.</summary>
internal sealed class ChangeStream(CallDoor door, ulong handle, ChangeGate gate)
{
    /// <summary>Updates held for a slow reader. Above what a session leaves unconfirmed, so what comes always fits.</summary>
    private const int UpdatesMax = 4096;

    /// <summary>Updates consumed before the session is told so: one message for many.</summary>
    private const int CreditBatch = 32;

    public async IAsyncEnumerable<CheckpointChange> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        gate.Enter();
        var reader = new ChangeReader(UpdatesMax);
        door.Connection.Tell(new ConnectionProtocol.Subscribe(handle, reader));
        try
        {
            await door.CallAsync(new SessionProtocol.Track(handle, true), cancel).ConfigureAwait(false);
            var consumed = 0;
            await foreach (var message in reader.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
            {
                foreach (var change in Flatten(message))
                    yield return change;
                if (++consumed < CreditBatch && reader.Reader.Count > 0)
                    continue;
                door.Connection.Tell(new ConnectionProtocol.Credit(handle, consumed));
                consumed = 0;
            }
        }
        finally
        {
            door.Connection.Tell(new ConnectionProtocol.Unsubscribe(handle, reader));
            await door.TryCallAsync(new SessionProtocol.Track(handle, false), CancellationToken.None).ConfigureAwait(false);
            gate.Leave();
        }
    }

    private static IEnumerable<CheckpointChange> Flatten(SessionProtocol.IMessage message) => message switch
    {
        SessionProtocol.Changed changed =>
            changed.Changes.Select(change => new CheckpointChange(change.Kind, change.Id, change.Offset, change.Size, changed.Position)),
        SessionProtocol.Gap gap => [CheckpointChange.Gap(gap.Position)],
        _ => throw new InvalidOperationException($"{message.GetType().Name} is no change"),
    };
}
