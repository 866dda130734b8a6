using System.Collections;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Actors.Content;

/// <summary>A vector that counts how often its elements are looked at.</summary>
internal sealed class CountedElements(WriteElement[] elements) : IReadOnlyList<WriteElement>
{
    public int Looks { get; private set; }

    public int Count => elements.Length;

    public WriteElement this[int index]
    {
        get
        {
            Looks++;
            return elements[index];
        }
    }

    public IEnumerator<WriteElement> GetEnumerator()
    {
        for (var index = 0; index < elements.Length; index++)
            yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
