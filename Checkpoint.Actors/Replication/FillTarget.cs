using Checkpoint.Actors.Content;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>The newcomer's side of a fill: pieces of one state, taken in order.</summary>
internal sealed class FillTarget(long id, CreationAttributes attributes, long sequence)
{
    private TableBuilder? _builder = new(attributes, sequence);

    public long Id { get; } = id;

    public int Taken { get; private set; }

    public bool IsComplete => _builder is null;

    public long BytesTaken => _builder?.BytesTaken ?? 0;

    /// <summary>The mark that the orderer has told so far: applied as soon as there is a table.</summary>
    public long Mark { get; set; }

    /// <summary>No more pieces are wanted.</summary>
    public void GiveUp() => _builder = null;

    /// <returns>The table when this was the last piece.</returns>
    /// <exception cref="WireFormatException">It is no piece of this state.</exception>
    public Func<Map.MapShare?, SectionTable>? Take(int index, bool isLast, ReadOnlyMemory<byte> piece)
    {
        if (_builder is not { } builder || index != Taken)
            return null;
        builder.Take(piece);
        Taken++;
        if (!isLast)
            return null;
        _builder = null;
        return builder.Build;
    }
}
