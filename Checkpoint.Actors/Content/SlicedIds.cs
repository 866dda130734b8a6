using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>Something for each of very many sections. It is made in parts, so that no step makes room for all, or hashes all again as it grows.</summary>
/// <param name="count">Ids at most.</param>
internal sealed class SlicedIds<T>(int count)
{
    private const int PartMax = 8_192;

    private readonly Dictionary<SectionId, T>?[] _parts = new Dictionary<SectionId, T>?[Math.Max(1, (count + PartMax - 1) / PartMax)];

    /// <summary>In no order.</summary>
    public IEnumerable<KeyValuePair<SectionId, T>> All => _parts.SelectMany(part => part ?? []);

    public T this[SectionId id] => PartOf(id)[id];

    public bool TryGetValue(SectionId id, [MaybeNullWhen(false)] out T value) => PartOf(id).TryGetValue(id, out value);

    /// <summary>Where it is, or is to be, kept.</summary>
    public ref T? At(SectionId id) => ref CollectionsMarshal.GetValueRefOrAddDefault(PartOf(id), id, out _);

    private Dictionary<SectionId, T> PartOf(SectionId id) =>
        _parts[(uint)id.GetHashCode() % (uint)_parts.Length] ??= new(Math.Min(count, PartMax), SectionIdBytes.Comparer);
}
