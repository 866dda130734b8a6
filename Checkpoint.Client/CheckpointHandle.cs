using System.Runtime.CompilerServices;
using Akka.Actor;
using Checkpoint.Client.Connection;
using Checkpoint.Protocol;

namespace Checkpoint.Client;

/// <summary>
/// One open checkpoint. It stays the same object when the client moves to another host; when the checkpoint itself is gone, every call ends
/// in BAD_HANDLE. Thread-safe. Calls made one after another, without waiting for answers, are executed in that order. What any call
/// may throw besides its own codes stands at <see cref="CheckpointClient"/>; ACCESS is for what it was not opened for.
/// </summary>
public sealed class CheckpointHandle : IAsyncDisposable
{
    /// <summary>Sections fetched at a time while iterating.</summary>
    private const int SectionsAtATime = 256;

    /// <summary>Between two attempts to close, while the service is busy with a failover.</summary>
    private static readonly TimeSpan CloseRetryPause = TimeSpan.FromMilliseconds(100);

    private readonly CheckpointClient _client;
    private readonly ulong _id;
    private readonly ChangeGate _changes = new();
    private int _isDisposed;

    internal CheckpointHandle(
        CheckpointClient client, ulong id, CheckpointName name, IncarnationId incarnation, CreationAttributes attributes)
    {
        (_client, _id) = (client, id);
        Name = name;
        Incarnation = incarnation;
        CreationAttributes = attributes;
    }

    public CheckpointName Name { get; }

    /// <summary>Which life of the name this is.</summary>
    public IncarnationId Incarnation { get; }

    /// <summary>As the checkpoint was created, whoever created it.</summary>
    public CreationAttributes CreationAttributes { get; }

    /// <summary>Creates a section.</summary>
    /// <param name="id">The empty id asks the service to choose one.</param>
    /// <param name="data">Initial content; nobody may write to it until the call has ended.</param>
    /// <param name="expiration">When the service deletes it; null is never, as is all from the year 2263 on.</param>
    /// <returns>The section's id.</returns>
    /// <exception cref="CheckpointException">EXIST, NO_SPACE (max-sections), INVALID_PARAM (size of id or data).</exception>
    public async ValueTask<SectionId> CreateSectionAsync(
        SectionId id, ReadOnlyMemory<byte> data = default, DateTimeOffset? expiration = null, CancellationToken cancel = default)
    {
        var answer = await ChangeAsync(new ContentOp.CreateSection(id, Nanoseconds(expiration), data), cancel).ConfigureAwait(false);
        return answer.Body is SessionProtocol.SectionCreated created ? created.Id : id;
    }

    /// <exception cref="CheckpointException">NOT_EXIST; INVALID_PARAM for the default section.</exception>
    public async ValueTask DeleteSectionAsync(SectionId id, CancellationToken cancel = default) =>
        await ChangeAsync(new ContentOp.DeleteSection(id), cancel).ConfigureAwait(false);

    /// <param name="expiration">When the service deletes the section; null is never, as is all from the year 2263 on.</param>
    /// <exception cref="CheckpointException">NOT_EXIST; INVALID_PARAM for the default section.</exception>
    public async ValueTask SetExpirationAsync(SectionId id, DateTimeOffset? expiration, CancellationToken cancel = default) =>
        await ChangeAsync(new ContentOp.SetExpiration(id, Nanoseconds(expiration)), cancel).ConfigureAwait(false);

    /// <summary>Writes at an offset; the section grows as needed, a gap is filled with zeros.</summary>
    /// <param name="offset">Bytes from the section's start.</param>
    /// <param name="data">Nobody may write to it until the call has ended.</param>
    /// <exception cref="CheckpointException">NOT_EXIST, INVALID_PARAM (above max-section-size), NO_MEMORY, NO_RESOURCES.</exception>
    public ValueTask WriteAsync(SectionId id, long offset, ReadOnlyMemory<byte> data, CancellationToken cancel = default) =>
        WriteAsync([new WriteElement(id, offset, data)], cancel);

    /// <summary>Writes several ranges as one update: all of it is done or nothing, and nobody reads half of it. Later elements win.</summary>
    /// <exception cref="CheckpointException">As for one; <see cref="CheckpointException.ErroneousIndex"/> names the element.</exception>
    public async ValueTask WriteAsync(IReadOnlyList<WriteElement> elements, CancellationToken cancel = default) =>
        await ChangeAsync(new ContentOp.Write(elements), cancel).ConfigureAwait(false);

    /// <summary>Replaces content and size of a section.</summary>
    /// <param name="data">Nobody may write to it until the call has ended.</param>
    /// <exception cref="CheckpointException">NOT_EXIST, INVALID_PARAM (above max-section-size).</exception>
    public async ValueTask OverwriteAsync(SectionId id, ReadOnlyMemory<byte> data, CancellationToken cancel = default) =>
        await ChangeAsync(new ContentOp.Overwrite(id, data), cancel).ConfigureAwait(false);

    /// <summary>Reads from an offset; less than asked for at the section's end is no error.</summary>
    /// <param name="size">Bytes at most; <see cref="ReadElement.Whole"/> for everything from the offset.</param>
    /// <exception cref="CheckpointException">NOT_EXIST, INVALID_PARAM (offset behind the section's end).</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(
        SectionId id, long offset = 0, long size = ReadElement.Whole, CancellationToken cancel = default) =>
        (await ReadAsync([new ReadElement(id, offset, size)], cancel).ConfigureAwait(false))[0];

    /// <summary>Reads several ranges, all of one state of the checkpoint.</summary>
    /// <returns>One buffer an element.</returns>
    /// <exception cref="CheckpointException">As for one; <see cref="CheckpointException.ErroneousIndex"/> names the element.</exception>
    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(
        IReadOnlyList<ReadElement> elements, CancellationToken cancel = default)
    {
        var answer = await CallAsync(new SessionProtocol.Read(_id, elements), cancel).ConfigureAwait(false);
        return ((SessionProtocol.Data)answer.Body!).Buffers;
    }

    /// <summary>
    /// Every section that matches and exists throughout, exactly once; what is created or deleted meanwhile may or may not appear.
    /// </summary>
    /// <param name="time">For the two filters that compare expiration times.</param>
    /// <exception cref="CheckpointException">TRY_AGAIN also when the connection moves to another host on the way: begin again.</exception>
    public async IAsyncEnumerable<SectionDescriptor> SectionsAsync(
        SectionsChosen chosen = SectionsChosen.Any, DateTimeOffset? time = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var door = _client.Calls;
        var begin = door.Make(new SessionProtocol.IterationInitialize(_id, chosen, Nanoseconds(time)));
        var begun = CallDoor.OkOrThrow(await door.RunAsync(begin, cancel).ConfigureAwait(false));
        var iteration = ((SessionProtocol.IterationOpened)begun.Body!).Iteration;
        try
        {
            while (true)
            {
                var next = door.Make(new SessionProtocol.IterationNext(iteration, SectionsAtATime), generation: begin.SentIn);
                var answer = await door.RunAsync(next, cancel).ConfigureAwait(false);
                if (answer.Status == AisStatus.NoSections)
                    break;
                foreach (var section in ((SessionProtocol.Sections)CallDoor.OkOrThrow(answer).Body!).Descriptors)
                    yield return section;
            }
        }
        finally
        {
            // Its answer does not matter: an iteration that could not be ended goes with its handle or session.
            var end = door.Make(new SessionProtocol.IterationFinalize(iteration), generation: begin.SentIn);
            await door.RunAsync(end, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// What changes from now on, in order. Where something is missing stands one gap: this reader was too slow, or the connection moved. The
    /// enumeration goes on for ever; one at a time for each handle.
    /// </summary>
    /// <exception cref="CheckpointException">BAD_HANDLE when the handle is closed or its checkpoint gone.</exception>
    /// <exception cref="InvalidOperationException">This handle's changes are being read already.</exception>
    public IAsyncEnumerable<CheckpointChange> ChangesAsync(CancellationToken cancel = default) =>
        new ChangeStream(_client.Calls, _id, _changes).ReadAsync(cancel);

    /// <summary>Waits until everything before it is on all replicas.</summary>
    /// <param name="timeout">Instead of <see cref="CheckpointClientOptions.CallTimeout"/>.</param>
    /// <exception cref="CheckpointException">
    /// BAD_OPERATION for a synchronous checkpoint; NOT_EXIST without an active replica; INVALID_PARAM for a negative timeout.
    /// </exception>
    public async ValueTask SynchronizeAsync(TimeSpan? timeout = null, CancellationToken cancel = default)
    {
        if (timeout is { } limit && limit < TimeSpan.Zero && limit != Timeout.InfiniteTimeSpan)
            throw new CheckpointException(AisStatus.InvalidParam, $"timeout {limit} is negative");
        var call = _client.Calls.Make(new SessionProtocol.Synchronize(_id), timeout);
        CallDoor.OkOrThrow(await _client.Calls.RunAsync(call, cancel).ConfigureAwait(false));
    }

    /// <exception cref="CheckpointException">NOT_EXIST without an active replica.</exception>
    public async ValueTask<CheckpointDescriptor> GetStatusAsync(CancellationToken cancel = default)
    {
        var answer = await CallAsync(new SessionProtocol.GetStatus(_id), cancel).ConfigureAwait(false);
        return ((SessionProtocol.Status)answer.Body!).Descriptor;
    }

    /// <param name="retention">How long the checkpoint stays after its last close; <see cref="Timeout.InfiniteTimeSpan"/> is for ever.</param>
    /// <exception cref="CheckpointException">INVALID_PARAM (negative), BAD_OPERATION (unlinked).</exception>
    public async ValueTask SetRetentionAsync(TimeSpan retention, CancellationToken cancel = default) =>
        await CallAsync(new SessionProtocol.SetRetention(_id, AisTime.FromTimeSpan(retention)), cancel).ConfigureAwait(false);

    /// <summary>Makes the replica on this client's host the active one.</summary>
    /// <exception cref="CheckpointException">BAD_OPERATION unless the checkpoint is collocated and asynchronous.</exception>
    public async ValueTask SetActiveReplicaAsync(CancellationToken cancel = default) =>
        await CallAsync(new SessionProtocol.SetActiveReplica(_id), cancel).ConfigureAwait(false);

    /// <summary>Closes the handle. After TRY_AGAIN or TIMEOUT it is still open and may be closed again.</summary>
    public async ValueTask CloseAsync(CancellationToken cancel = default) =>
        await CallAsync(new SessionProtocol.Close(_id), cancel).ConfigureAwait(false);

    /// <summary>
    /// Closes the handle, trying again while the service is busy, within <see cref="CheckpointClientOptions.CallTimeout"/>. Does not throw what the
    /// caller could do nothing about: what is left open then is closed with the client.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        var clock = _client.Calls.Clock;
        var close = _client.Calls.Make(new SessionProtocol.Close(_id));
        for (var deadline = close.Deadline; ; close = _client.Calls.Make(new SessionProtocol.Close(_id)))
        {
            var answer = await _client.Calls.RunAsync(close, CancellationToken.None).ConfigureAwait(false);
            if (answer.Status is not (AisStatus.TryAgain or AisStatus.Timeout) || close.Deadline > deadline + AisTime.NanosecondsPerSecond)
                return;
            await Task.Delay(CloseRetryPause, clock).ConfigureAwait(false);
        }
    }

    private static long Nanoseconds(DateTimeOffset? time) => time is { } at ? AisTime.FromUtc(at) : AisTime.End;

    private ValueTask<SessionProtocol.Answer> ChangeAsync(ContentOp op, CancellationToken cancel) =>
        CallAsync(new SessionProtocol.Change(_id, op), cancel);

    private ValueTask<SessionProtocol.Answer> CallAsync(SessionProtocol.Command command, CancellationToken cancel) =>
        _client.Calls.CallAsync(command, cancel);
}
