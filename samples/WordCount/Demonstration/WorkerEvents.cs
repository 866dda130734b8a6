using System.Globalization;
using System.Threading.Channels;

namespace WordCount.Demonstration;

/// <summary>A line of a worker, or that there will be no more.</summary>
/// <param name="Timestamp">When it was read.</param>
public sealed record WorkerEvent(WorkerProcess Worker, string[] Words, long Timestamp)
{
    /// <summary>The word of the event that the worker itself cannot print.</summary>
    public const string Ended = "(ended)";

    public string Word => Words[0];

    public long Number(int index) => long.Parse(Words[index], CultureInfo.InvariantCulture);
}

/// <summary>What all workers say, in one order. What nobody waited for yet is kept, all but the many acknowledgements.</summary>
public sealed class WorkerEvents
{
    private readonly Channel<WorkerEvent> _arriving = Channel.CreateUnbounded<WorkerEvent>();
    private readonly List<WorkerEvent> _kept = [];

    public void Add(WorkerEvent happened) => _arriving.Writer.TryWrite(happened);

    /// <param name="wanted">The event waited for.</param>
    /// <param name="what">It, for the message of the exception.</param>
    /// <param name="among">The workers that are to stay alive meanwhile.</param>
    /// <exception cref="InvalidOperationException">The time is over, or one of the workers has ended.</exception>
    public async Task<WorkerEvent> NextAsync(
        Func<WorkerEvent, bool> wanted, string what, IReadOnlyList<WorkerProcess> among, CancellationToken cancel)
    {
        if (_kept.Find(happened => wanted(happened)) is { } kept)
        {
            _kept.Remove(kept);
            return kept;
        }

        try
        {
            while (true)
            {
                var happened = await _arriving.Reader.ReadAsync(cancel);
                if (wanted(happened))
                    return happened;
                if (happened.Word == WorkerEvent.Ended && among.Contains(happened.Worker))
                    throw new InvalidOperationException($"{happened.Worker.Name} ended ({happened.Worker.Pieces} pieces); waited for: {what}");
                if (happened.Word != "acked")
                    _kept.Add(happened);
            }
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException(
                $"waited in vain for: {what} ({string.Join(", ", among.Select(worker => $"{worker.Name} has {worker.Pieces} pieces"))})");
        }
    }
}
