using Microsoft.Extensions.Hosting;

namespace Checkpoint.Client;

/// <summary>Ties the client's life to the application's: made (and its options checked) at the start, disposed of at the stop.</summary>
internal sealed class CheckpointClientService(CheckpointClient client) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken) => await client.DisposeAsync().ConfigureAwait(false);
}
