using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>A stretch of an incarnation's one order, without holes: a ring that grows. Entries enter at the end and leave at the front.</summary>
internal sealed class UpdateLog
{
    private LogEntry[] _ring = new LogEntry[8];

    /// <summary>The sequence of the oldest entry that is still here; End + 1 when there is none.</summary>
    public long First { get; private set; } = 1;

    /// <summary>The sequence of the newest entry.</summary>
    public long End { get; private set; }

    public long Bytes { get; private set; }

    public bool IsEmpty => First > End;

    /// <exception cref="ArgumentOutOfRangeException">It is not here.</exception>
    public LogEntry this[long sequence]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(sequence, First);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, End);
            return _ring[(int)(sequence & (_ring.Length - 1))];
        }
    }

    /// <summary>Empties the log; the next entry is <paramref name="end"/> + 1.</summary>
    public void Reset(long end)
    {
        Array.Clear(_ring);
        (First, End, Bytes) = (end + 1, end, 0);
    }

    /// <exception cref="InvalidOperationException">A hole would come about.</exception>
    public void Append(LogEntry entry)
    {
        if (entry.Sequence != End + 1)
            throw new InvalidOperationException($"entry {entry.Sequence} cannot follow {End}");
        if (End - First + 1 == _ring.Length)
            Grow();
        End = entry.Sequence;
        Bytes += entry.Bytes;
        _ring[(int)(End & (_ring.Length - 1))] = entry;
    }

    /// <summary>Numbers an update that is stable and applied as it is ordered, so that no entry of it is needed. The log is empty.</summary>
    public long Pass()
    {
        if (!IsEmpty)
            throw new InvalidOperationException($"entries {First} to {End} are still in the log");
        First++;
        return ++End;
    }

    /// <summary>Entries up to and including this sequence leave.</summary>
    public void Truncate(long sequence)
    {
        while (First <= sequence && First <= End)
        {
            ref var slot = ref _ring[(int)(First & (_ring.Length - 1))];
            Bytes -= slot.Bytes;
            slot = null!;
            First++;
        }
    }

    /// <summary>Entries from <paramref name="from"/> on, as many as fit into so many bytes, one at least when there is one.</summary>
    public LogEntry[] Slice(long from, long bytesMax)
    {
        var (to, bytes) = (from - 1, 0L);
        while (to < End)
        {
            bytes += this[to + 1].Bytes;
            if (bytes > bytesMax && to >= from)
                break;
            to++;
        }

        var entries = new LogEntry[to - from + 1];
        for (var index = 0; index < entries.Length; index++)
            entries[index] = this[from + index];
        return entries;
    }

    private void Grow()
    {
        var ring = new LogEntry[_ring.Length * 2];
        for (var sequence = First; sequence <= End; sequence++)
            ring[(int)(sequence & (ring.Length - 1))] = _ring[(int)(sequence & (_ring.Length - 1))];
        _ring = ring;
    }
}
