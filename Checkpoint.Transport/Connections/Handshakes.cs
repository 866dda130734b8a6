namespace Checkpoint.Transport.Connections;

/// <summary>
/// Handshakes of accepted connections that are under way, the oldest first. Each has a time; when there are too many, the oldest ends, so
/// that connections which say nothing keep nobody out for longer than their number takes to come.
/// </summary>
internal sealed class Handshakes(int max, TimeSpan timeout, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<CancellationTokenSource> _open = [];

    public int Count
    {
        get
        {
            lock (_lock)
                return _open.Count;
        }
    }

    /// <summary>Runs one with a token that ends it.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> handshake, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        var node = Begin(either);
        try
        {
            return await handshake(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new TimeoutException(limit.IsCancellationRequested
                ? $"the handshake was not done within {timeout.TotalSeconds:0.#} s"
                : $"{max} handshakes were under way, and this was the oldest");
        }
        finally
        {
            lock (_lock)
                if (node.List is not null)
                    _open.Remove(node);
        }
    }

    private LinkedListNode<CancellationTokenSource> Begin(CancellationTokenSource one)
    {
        CancellationTokenSource? oldest = null;
        LinkedListNode<CancellationTokenSource> node;
        lock (_lock)
        {
            if (_open.Count >= max)
            {
                oldest = _open.First!.Value;
                _open.RemoveFirst();
            }

            node = _open.AddLast(one);
        }

        try
        {
            oldest?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself in this moment.
        }

        return node;
    }
}
