using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace Checkpoint.Tests.Actors.Checkpoints;

/// <summary>Holds back or refuses what one test's <see cref="GatedJournal"/> is given to write.</summary>
internal sealed class JournalGate
{
    private static readonly ConcurrentDictionary<string, JournalGate> Gates = new();

    private volatile TaskCompletionSource? _held;
    private volatile Exception? _failure;
    private volatile Exception? _readFailure;

    public static JournalGate Of(ActorSystem system) => Gates.GetOrAdd(system.Name, _ => new JournalGate());

    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    /// <summary>The next writes fail, until null.</summary>
    public void Fail(string? reason) => _failure = reason is null ? null : new InvalidOperationException(reason);

    /// <summary>The next writes fail with what proves that nothing was written.</summary>
    public void Refuse(string reason) => _failure = new UnwrittenException(reason);

    /// <summary>The next recoveries fail, until null.</summary>
    public void FailReads(string? reason) => _readFailure = reason is null ? null : new InvalidOperationException(reason);

    public void PassRead()
    {
        if (_readFailure is { } failure)
            throw failure;
    }

    public async Task PassAsync()
    {
        if (_held is { } held)
            await held.Task;
        if (_failure is { } failure)
            throw failure;
    }
}

internal sealed class UnwrittenException(string reason) : Exception(reason);

/// <summary>Akka's own journal in memory, behind a gate.</summary>
public sealed class GatedJournal : MemoryJournal
{
    private readonly JournalGate _gate = JournalGate.Of(Context.System);

    protected override async Task<IImmutableList<Exception?>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        await _gate.PassAsync();
        return await base.WriteMessagesAsync(messages, cancellationToken);
    }

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        _gate.PassRead();
        return base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr, cancellationToken);
    }
}
