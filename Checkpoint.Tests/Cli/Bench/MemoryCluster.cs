using System.Collections.Concurrent;
using Checkpoint.Cli.Bench;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cli.Bench;

/// <summary>A cluster in a dictionary: strict about what exists and how large it may be, so that a run that asks for nonsense fails.</summary>
internal sealed class MemoryCluster : IBenchCluster
{
    private readonly ConcurrentDictionary<CheckpointName, Stored> _checkpoints = new();
    private int _open;

    public string Node => "memory";

    public long Retries => 0;

    public int Open => _open;

    public ConcurrentBag<CreationAttributes> Created { get; } = [];

    public Task<IBenchCheckpoint> CreateAsync(CheckpointName name, CreationAttributes attributes, CancellationToken cancel)
    {
        Created.Add(attributes);
        Assert.True(_checkpoints.TryAdd(name, new Stored(attributes, new ConcurrentDictionary<SectionId, byte[]>())), $"{name} exists");
        return OpenAsync(name, cancel);
    }

    public Task<IBenchCheckpoint> OpenAsync(CheckpointName name, CancellationToken cancel)
    {
        Interlocked.Increment(ref _open);
        return Task.FromResult<IBenchCheckpoint>(new Handle(this, _checkpoints[name]));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed record Stored(CreationAttributes Attributes, ConcurrentDictionary<SectionId, byte[]> Sections);

    private sealed class Handle(MemoryCluster cluster, Stored stored) : IBenchCheckpoint
    {
        private bool _closed;

        public ValueTask CreateSectionAsync(SectionId id, ReadOnlyMemory<byte> data, CancellationToken cancel)
        {
            Assert.True(stored.Sections.TryAdd(id, data.ToArray()), $"{id} exists");
            Assert.InRange((uint)stored.Sections.Count, 1u, stored.Attributes.MaxSections);
            return ValueTask.CompletedTask;
        }

        public ValueTask DeleteSectionAsync(SectionId id, CancellationToken cancel)
        {
            Assert.True(stored.Sections.TryRemove(id, out _), $"{id} is not there");
            return ValueTask.CompletedTask;
        }

        public ValueTask OverwriteAsync(SectionId id, ReadOnlyMemory<byte> data, CancellationToken cancel) => WriteAsync(id, data, cancel);

        public ValueTask WriteAsync(SectionId id, ReadOnlyMemory<byte> data, CancellationToken cancel)
        {
            Assert.False(_closed);
            Assert.InRange((ulong)data.Length, 0ul, stored.Attributes.MaxSectionSize);
            Assert.True(stored.Sections.ContainsKey(id), $"{id} is not there");
            stored.Sections[id] = data.ToArray();
            return ValueTask.CompletedTask;
        }

        public ValueTask<int> ReadAsync(SectionId id, int sizeBytes, CancellationToken cancel) =>
            ValueTask.FromResult(Math.Min(sizeBytes, stored.Sections[id].Length));

        public ValueTask<int> IterateAsync(CancellationToken cancel) => ValueTask.FromResult(stored.Sections.Count);

        public ValueTask CloseAsync(CancellationToken cancel)
        {
            Assert.False(_closed);
            _closed = true;
            Interlocked.Decrement(ref cluster._open);
            return ValueTask.CompletedTask;
        }
    }
}
