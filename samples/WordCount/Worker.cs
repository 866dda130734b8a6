using Checkpoint.Client;
using Checkpoint.Protocol;

namespace WordCount;

/// <summary>
/// Counts the words of a file, together with another worker that waits to go on where this one dies.
/// <code>
///   Standby --nobody leads--> fence raised --lease taken--> others fenced, counts loaded --> Leading --file's end--> finished
///      ^                          `--another was first--.                                      |
///      `--------------------------------------------------+------another worker fenced us------'
/// </code>
/// The fence is raised before the lease is taken: a leader deletes all fences but its own, so whoever was slow finds its own deleted.
/// </summary>
public sealed class Worker(WorkerOptions options, TimeProvider clock, TextWriter output)
{
    private readonly Retry _retry = new(clock, options.Patience);

    /// <summary>Ends when the file is counted.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await using var client = await CheckpointClient.ConnectAsync(
            new CheckpointClientOptions
            {
                ContactPoints = options.Contacts,
                ClientName = $"wordcount/{options.Name}/{Environment.ProcessId}",
                CallTimeout = options.CallTimeout,
                Clock = clock,
            },
            cancel);
        Say($"uses {client.HostName}");
        client.ConnectionChanged += (_, changed) =>
        {
            if (changed.Status != ConnectionStatus.Closed)
                Say(changed.Status == ConnectionStatus.Connected ? $"uses {changed.HostName}" : $"lost its host: {changed.Reason}");
        };

        await using var lease = await Lease.OpenAsync(client, _retry, clock, options.LeaseLength, cancel);
        Say("waits");
        while (true)
        {
            await lease.WaitUntilFreeAsync(cancel);
            Say("notices that nobody leads");
            if (await LeadAsync(client, lease, cancel) is { } end)
            {
                Say($"finished pieces {end.Pieces} offset {end.Offset}");
                return;
            }
        }
    }

    /// <returns>Null when another worker leads.</returns>
    private async Task<Cursor?> LeadAsync(CheckpointClient client, Lease lease, CancellationToken cancel)
    {
        await using var store = await CountStore.OpenAsync(client, _retry, cancel);
        await store.RaiseFenceAsync(cancel);
        if (!await lease.TryTakeAsync(cancel))
        {
            await store.LowerFenceAsync(cancel);
            return null;
        }

        using var leading = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var keeping = lease.KeepAsync(leading.Token);
        try
        {
            var end = await CountAsync(store, lease, cancel);
            if (end is not null)
                await store.LowerFenceAsync(cancel);
            return end;
        }
        catch (CheckpointException fault) when (fault.Status == AisStatus.NotExist)
        {
            Say("is fenced: another worker leads");
            return null;
        }
        finally
        {
            await leading.CancelAsync();
            await keeping;
            await lease.ReleaseAsync(cancel);
        }
    }

    private async Task<Cursor?> CountAsync(CountStore store, Lease lease, CancellationToken cancel)
    {
        await using var file = File.OpenRead(options.File);
        using var counter = new WordCounter();
        while (true)
        {
            await store.FenceOthersAsync(cancel);
            var cursor = await store.LoadAsync(cancel);
            Say($"leads pieces {cursor.Pieces} offset {cursor.Offset} words {store.Words}");
            try
            {
                return await CountFromAsync(cursor, file, counter, store, cancel);
            }
            catch (CheckpointException fault) when (Retry.IsPassing(fault.Status))
            {
                // The last piece is counted or not. Behind a new fence it cannot be counted any more once the cursor has been read.
                Say($"does not know whether its last piece was counted ({fault.Message})");
                await store.RaiseFenceAsync(cancel);
                if (!await lease.IsOursAsync(cancel))
                    return null;
            }
        }
    }

    private async Task<Cursor> CountFromAsync(Cursor cursor, FileStream file, WordCounter counter, CountStore store, CancellationToken cancel)
    {
        var reader = new PieceReader(file, cursor.Offset, options.Piece);
        var own = 0;
        while (reader.TryRead(counter, out var piece))
        {
            var hold = own++ > 0 && options.HoldAt.Contains(cursor.Pieces);
            cursor = new Cursor(piece.End, cursor.Pieces + 1);
            var write = store.Prepare(counter.Take(), cursor);
            if (hold)
                await HoldAsync(write, cancel);
            await SendAsync(write, cancel);
            Say($"acked {cursor.Pieces} {cursor.Offset}");
        }

        return cursor;
    }

    /// <summary>TRY_AGAIN was certainly not done, so it is sent again; whatever else is the caller's.</summary>
    private async Task SendAsync(PieceWrite write, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await write.SendAsync(cancel);
                return;
            }
            catch (CheckpointException fault) when (fault.Status == AisStatus.TryAgain && clock.GetElapsedTime(began) < options.Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), clock, cancel);
            }
        }
    }

    private async Task HoldAsync(PieceWrite write, CancellationToken cancel)
    {
        _ = write.SendAsync(cancel).AsTask(); // On its way, whatever becomes of it.
        Say("holds");
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancel);
    }

    private void Say(string what)
    {
        lock (output)
        {
            output.WriteLine(what);
            output.Flush();
        }
    }
}
