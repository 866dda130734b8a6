using System.Collections.Concurrent;
using System.Diagnostics;
using Checkpoint.Client;

namespace Checkpoint.Trials;

/// <summary>A .NET application: <see cref="CheckpointClient"/>, served by one host.</summary>
public sealed class RemoteCaller : ICaller
{
    /// <summary>Whichever host answers first serves a client; it is asked again until it is the wanted one.</summary>
    private const int TriesMax = 30;

    private readonly CheckpointClient _client;
    private readonly string _host;
    private readonly ConcurrentDictionary<string, CheckpointHandle> _handles = new();
    private readonly TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RemoteCaller(CheckpointClient client, string host)
    {
        (_client, _host) = (client, host);
        _client.ConnectionChanged += (_, changed) =>
        {
            if (changed.Status == ConnectionStatus.Connected && changed.HostName != _host)
                _moved.TrySetResult();
        };
    }

    /// <exception cref="TrialException">The host does not take clients.</exception>
    public static async Task<RemoteCaller> ConnectAsync(TrialHost host, CancellationToken cancel)
    {
        var options = new CheckpointClientOptions { ContactPoints = [host.Address], ClientName = "trial", CallTimeout = TrialOptions.Budget };
        try
        {
            for (var attempt = 0; attempt < TriesMax; attempt++)
            {
                var client = await CheckpointClient.ConnectAsync(options, cancel);
                if (client.HostName == host.Name)
                    return new RemoteCaller(client, host.Name);
                await client.DisposeAsync();
            }
        }
        catch (CheckpointException fault)
        {
            throw new TrialException($"{host.Name} takes no .NET client: {fault.Message}");
        }

        throw new TrialException($"{host.Name} has not served any of {TriesMax} .NET clients");
    }

    /// <summary>Its host is dead: ends when another one serves it, and holds its handles again.</summary>
    public async Task MovedAsync(CancellationToken cancel)
    {
        try
        {
            await _moved.Task.WaitAsync(TrialOptions.MovePatience, cancel);
        }
        catch (TimeoutException)
        {
            throw new TrialException($"a .NET client of {_host} has found no other host within {TrialOptions.MovePatience}");
        }
    }

    public async Task<CallRecord> CallAsync(CallKind kind, string name, Stopwatch sinceKill, CancellationToken cancel)
    {
        var offset = sinceKill.Elapsed;
        var (status, reason, incarnation) = await AnswerAsync(kind, new CheckpointName(name), cancel);
        return new CallRecord(name, $"{_host} (.NET)", kind, offset, sinceKill.Elapsed - offset, status, reason, incarnation);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task<(AisStatus Status, string? Reason, IncarnationId? Incarnation)> AnswerAsync(CallKind kind, CheckpointName name, CancellationToken cancel)
    {
        try
        {
            return (AisStatus.Ok, null, await DoAsync(kind, name, cancel));
        }
        catch (CheckpointException fault)
        {
            return (fault.Status, fault.Message, null);
        }
    }

    private async Task<IncarnationId?> DoAsync(CallKind kind, CheckpointName name, CancellationToken cancel)
    {
        switch (kind)
        {
            case CallKind.Create:
                return await OpenAsync(name, OpenFlags.Create | OpenFlags.Read | OpenFlags.Write, Caller.Attributes, cancel);
            case CallKind.CreateOther:
                return await OpenAsync(name, OpenFlags.Create | OpenFlags.Read | OpenFlags.Write, Caller.OtherAttributes, cancel);
            case CallKind.Open:
                return await OpenAsync(name, OpenFlags.Read, null, cancel);
            case CallKind.Show: // An application sees a checkpoint by opening it; the handle that is kept stays.
                await using (var shown = await _client.OpenAsync(name, OpenFlags.Read, cancel: cancel))
                    return shown.Incarnation;
            case CallKind.Retain:
                await _handles[name.ToString()].SetRetentionAsync(TimeSpan.FromMinutes(20), cancel);
                return null;
            case CallKind.Close:
                await _handles[name.ToString()].CloseAsync(cancel);
                return null;
            default:
                await _client.UnlinkAsync(name, cancel);
                return null;
        }
    }

    private async Task<IncarnationId?> OpenAsync(CheckpointName name, OpenFlags access, CreationAttributes? attributes, CancellationToken cancel)
    {
        var handle = await _client.OpenAsync(name, access, attributes, cancel);
        _handles[name.ToString()] = handle;
        return handle.Incarnation;
    }
}
