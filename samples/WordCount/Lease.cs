using Checkpoint.Client;
using Checkpoint.Protocol;

namespace WordCount;

/// <summary>
/// Who leads: the worker that created the section <c>active</c> of a small checkpoint of its own. The section expires unless its owner keeps
/// setting its expiration time on, so a worker that dies is gone from it after one length, by the clock of the service and not of any worker; the
/// standby tracks the checkpoint and hears of the expiry at once. A worker that only stood still may find another in its place; its writes
/// are refused then by the fence (<see cref="CountStore"/>).
/// </summary>
/// <param name="length">From the last renewal to the expiry. Shorter is a faster takeover, and more often one without need.</param>
public sealed class Lease(CheckpointHandle handle, Retry retry, TimeProvider clock, TimeSpan length) : IAsyncDisposable
{
    public static readonly CheckpointName Name = new("safCkpt=wordcount-lease");

    private static readonly SectionId Active = new("active");

    private readonly byte[] _mark = Guid.NewGuid().ToByteArray();

    private static readonly CreationAttributes Attributes = new(
        CreationFlags.WriteAllReplicas,
        CheckpointSize: 1024,
        RetentionDuration: 3600 * AisTime.NanosecondsPerSecond,
        MaxSections: 4,
        MaxSectionSize: 256,
        MaxSectionIdSize: 64);

    public static async Task<Lease> OpenAsync(CheckpointClient client, Retry retry, TimeProvider clock, TimeSpan length, CancellationToken cancel) =>
        new(await retry.RunAsync(() => client.OpenAsync(Name, attributes: Attributes, cancel: cancel), cancel), retry, clock, length);

    /// <summary>Ends when nobody leads: at once, or when the section has expired or was deleted.</summary>
    public async Task WaitUntilFreeAsync(CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var freed = new SemaphoreSlim(0);
        var watching = WatchAsync(freed, over.Token);
        try
        {
            // The first look comes with or after the tracking; the look once a length covers what a lost connection swallowed.
            while (await IsTakenAsync(cancel))
                await freed.WaitAsync(length, cancel);
        }
        finally
        {
            await over.CancelAsync();
            await watching;
        }
    }

    /// <returns>False when another worker was first.</returns>
    public async Task<bool> TryTakeAsync(CancellationToken cancel)
    {
        try
        {
            await handle.CreateSectionAsync(Active, _mark, clock.GetUtcNow() + length, cancel);
            return true;
        }
        catch (CheckpointException fault) when (fault.Status == AisStatus.Exist || Retry.IsPassing(fault.Status))
        {
            return false; // Unknown counts as no: what was created all the same expires.
        }
    }

    /// <summary>Keeps the lease until it is lost, or <paramref name="cancel"/> ends it.</summary>
    public async Task KeepAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await handle.SetExpirationAsync(Active, clock.GetUtcNow() + length, cancel);
                await Task.Delay(length / 5, clock, cancel);
            }
            catch (CheckpointException fault) when (Retry.IsPassing(fault.Status))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), clock, CancellationToken.None);
            }
            catch (CheckpointException fault) when (fault.Status == AisStatus.NotExist)
            {
                return;
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
        }
    }

    public async Task<bool> IsOursAsync(CancellationToken cancel) => await retry.RunAsync(
        async () => (await handle.ReadAsync(Active, cancel: cancel)).Span.SequenceEqual(_mark), cancel, but: AisStatus.NotExist);

    /// <summary>Lets the next one lead without waiting for the expiry. Somebody else's lease is left alone.</summary>
    public async Task ReleaseAsync(CancellationToken cancel)
    {
        if (await IsOursAsync(cancel))
            await retry.RunAsync(
                async () =>
                {
                    await handle.DeleteSectionAsync(Active, cancel);
                    return true;
                },
                cancel,
                but: AisStatus.NotExist);
    }

    public async ValueTask DisposeAsync() => await handle.DisposeAsync();

    private async Task<bool> IsTakenAsync(CancellationToken cancel)
    {
        try
        {
            await handle.ReadAsync(Active, 0, 0, cancel);
            return true;
        }
        catch (CheckpointException fault) when (fault.Status == AisStatus.NotExist)
        {
            return false;
        }
        catch (CheckpointException fault) when (Retry.IsPassing(fault.Status))
        {
            return true; // Not known: look again.
        }
    }

    private async Task WatchAsync(SemaphoreSlim freed, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in handle.ChangesAsync(cancel))
                    if (change.IsGap || change.Kind is SectionChangeKind.Deleted or SectionChangeKind.Expired)
                        freed.Release();
            }
            catch (CheckpointException fault) when (Retry.IsPassing(fault.Status))
            {
                freed.Release();
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
