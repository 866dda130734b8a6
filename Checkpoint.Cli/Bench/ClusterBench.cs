using Checkpoint.Client;

namespace Checkpoint.Cli.Bench;

/// <summary>A run as an application would do it: through Checkpoint.Client. The only place of this program that loads Akka.</summary>
public sealed class ClusterBench : IBenchCluster
{
    /// <summary>How long one operation may be answered TRY_AGAIN: longer than a failover takes.</summary>
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly CheckpointClient _client;
    private readonly TimeProvider _clock;
    private long _retries;

    private ClusterBench(CheckpointClient client, TimeProvider clock) => (_client, _clock) = (client, clock);

    public string Node => _client.HostName;

    public long Retries => Interlocked.Read(ref _retries);

    /// <param name="contacts">host:port of the hosts' remoting.</param>
    /// <exception cref="CliFailure">The cluster cannot be joined through any of them.</exception>
    public static async Task<ClusterBench> ConnectAsync(IReadOnlyList<string> contacts, string hostname, TimeSpan timeout, TimeProvider clock, CancellationToken cancel)
    {
        var options = new CheckpointClientOptions
        {
            ContactPoints = contacts,
            Hostname = hostname,
            ClientName = $"checkpoint bench {Environment.ProcessId}",
            ConnectTimeout = timeout,
            Clock = clock,
            Hocon = "akka.loglevel = OFF", // Standard output is for the result.
        };
        try
        {
            return new ClusterBench(await CheckpointClient.ConnectAsync(options, cancel), clock);
        }
        catch (ArgumentException fault)
        {
            throw new CliFailure(ExitCode.Usage, fault.Message, "give each contact as HOST:PORT, as 'checkpoint status' shows the addresses");
        }
        catch (CheckpointException fault)
        {
            throw new CliFailure(ExitCode.Unreachable, fault.Reason, "'checkpoint status' shows whether the hosts serve, and their addresses", fault.Status);
        }
    }

    public async Task<IBenchCheckpoint> CreateAsync(CheckpointName name, CreationAttributes attributes, CancellationToken cancel) =>
        new Opened(this, await CallAsync(stop => _client.OpenAsync(name, OpenFlags.Read | OpenFlags.Write, attributes, stop), cancel));

    public async Task<IBenchCheckpoint> OpenAsync(CheckpointName name, CancellationToken cancel) =>
        new Opened(this, await CallAsync(stop => _client.OpenAsync(name, OpenFlags.Read | OpenFlags.Write, null, stop), cancel));

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    /// <summary>TRY_AGAIN is certainly not done, and asked again; everything else ends the run.</summary>
    private async ValueTask<T> CallAsync<T>(Func<CancellationToken, ValueTask<T>> call, CancellationToken cancel)
    {
        var startedAt = _clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await call(cancel);
            }
            catch (CheckpointException fault) when (fault.Status == AisStatus.TryAgain && _clock.GetElapsedTime(startedAt) < PatienceMax)
            {
                Interlocked.Increment(ref _retries);
                await Task.Delay(Pause, _clock, cancel);
            }
            catch (CheckpointException fault)
            {
                throw CliFailure.Refused(fault.Status, fault.Reason);
            }
        }
    }

    private sealed class Opened(ClusterBench bench, CheckpointHandle handle) : IBenchCheckpoint
    {
        public async ValueTask CreateSectionAsync(SectionId id, ReadOnlyMemory<byte> data, CancellationToken cancel) =>
            await bench.CallAsync(stop => handle.CreateSectionAsync(id, data, null, stop), cancel);

        public ValueTask DeleteSectionAsync(SectionId id, CancellationToken cancel) => DoAsync(stop => handle.DeleteSectionAsync(id, stop), cancel);

        public ValueTask OverwriteAsync(SectionId id, ReadOnlyMemory<byte> data, CancellationToken cancel) =>
            DoAsync(stop => handle.OverwriteAsync(id, data, stop), cancel);

        public ValueTask WriteAsync(SectionId id, ReadOnlyMemory<byte> data, CancellationToken cancel) =>
            DoAsync(stop => handle.WriteAsync(id, 0, data, stop), cancel);

        public async ValueTask<int> ReadAsync(SectionId id, int sizeBytes, CancellationToken cancel) =>
            (await bench.CallAsync(stop => handle.ReadAsync(id, 0, sizeBytes, stop), cancel)).Length;

        public ValueTask<int> IterateAsync(CancellationToken cancel) => bench.CallAsync(CountAsync, cancel);

        public ValueTask CloseAsync(CancellationToken cancel) => DoAsync(handle.CloseAsync, cancel);

        private async ValueTask<int> CountAsync(CancellationToken cancel)
        {
            var count = 0;
            await foreach (var _ in handle.SectionsAsync(cancel: cancel))
                count++;
            return count;
        }

        private async ValueTask DoAsync(Func<CancellationToken, ValueTask> act, CancellationToken cancel) =>
            await bench.CallAsync(
                async stop =>
                {
                    await act(stop);
                    return true;
                },
                cancel);
    }
}
