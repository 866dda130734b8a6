using Checkpoint.Actors.Map;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>
/// One stable update of a table in slices. New sections are made beside the table, which goes on to show the old ones; then they take their places.
/// <code>
///   covering --every element--> copying --every byte--> publishing --every section--> done
/// </code>
/// While it is publishing, the sections that it touches may not be read: whoever reads would see a part of the update.
/// </summary>
internal sealed class TableUpdate
{
    private readonly SectionTable _table;
    private readonly long _sequence;
    private readonly long _wallTime;
    private readonly IReadOnlyList<WriteElement> _elements;
    private readonly SlicedIds<SectionEdit> _edits;
    private readonly List<SectionChange> _changes = [];
    private readonly Func<SectionId, SectionEdit> _begin;
    private IEnumerator<KeyValuePair<SectionId, SectionEdit>>? _toPublish;
    private int _covered;
    private int _copied;
    private int _bytesCopied;

    /// <param name="op">A write, an overwrite or a create.</param>
    public TableUpdate(SectionTable table, ContentOp op, long sequence, long wallTime)
    {
        (_table, _sequence, _wallTime) = (table, sequence, wallTime);
        switch (op)
        {
            case ContentOp.Write write:
                _elements = write.Elements;
                _begin = id => new SectionEdit(_table.Find(id) ?? throw SectionOps.Absent(id, _sequence));
                break;
            case ContentOp.Overwrite overwrite:
                _elements = [new(overwrite.Id, 0, overwrite.Data)];
                _begin = id => Anew(id, _table.Find(id)?.ExpirationTime ?? throw SectionOps.Absent(id, _sequence));
                _changes.Add(new(SectionChangeKind.Overwritten, overwrite.Id, 0, overwrite.Data.Length));
                break;
            case ContentOp.CreateSection create:
                _elements = [new(create.Id, 0, create.Data)];
                _begin = id => _table.Find(id) is null ? Anew(id, create.ExpirationTime) : throw SectionOps.Present(id, _sequence);
                _changes.Add(new(SectionChangeKind.Created, create.Id, 0, create.Data.Length));
                break;
            default:
                throw SectionOps.Unknown(op);
        }

        IsVector = op is ContentOp.Write;
        _edits = new(_elements.Count);
    }

    /// <summary>What trackers are told, when it is done.</summary>
    public IReadOnlyList<SectionChange> Changes => _changes;

    /// <summary>What the section map is told, when it is done.</summary>
    public List<SectionMapProtocol.PageChange> Pages { get; } = [];

    public long Sequence => _sequence;

    public bool IsPublishing => _toPublish is not null;

    private bool IsVector { get; }

    /// <summary>About so much work (<see cref="ContentWork"/>), one element or section at least.</summary>
    /// <returns>True when the update is applied.</returns>
    public bool Step(long work)
    {
        while (work > 0)
        {
            if (_covered < _elements.Count)
                Cover(_elements[_covered++]);
            else if (_copied < _elements.Count)
                work -= Copy(_elements[_copied], work);
            else if (!Publish())
                return true;
            work -= ContentWork.PerElement;
        }

        return false;
    }

    private SectionEdit Anew(SectionId id, long expirationTime) =>
        new(Section.Create(id, default, expirationTime, _wallTime, _sequence));

    private void Cover(WriteElement element)
    {
        ref var edit = ref _edits.At(element.Id);
        edit ??= _begin(element.Id);
        edit.Cover(element);
    }

    /// <returns>Bytes.</returns>
    private long Copy(WriteElement element, long bytesMax)
    {
        var length = (int)Math.Min(Math.Max(bytesMax, ContentLimits.PageSizeBytes), element.Data.Length - _bytesCopied);
        _edits[element.Id].Write(element, _bytesCopied, length);
        _bytesCopied += length;
        if (_bytesCopied < element.Data.Length)
            return length;
        if (IsVector && !element.Data.IsEmpty)
            _changes.Add(new(SectionChangeKind.Written, element.Id, element.Offset, element.Data.Length));
        (_copied, _bytesCopied) = (_copied + 1, 0);
        return length;
    }

    /// <returns>False when there was nothing left.</returns>
    private bool Publish()
    {
        if (_toPublish is null)
        {
            _table.Advance(_sequence);
            _toPublish = _edits.All.GetEnumerator();
        }

        if (!_toPublish.MoveNext())
            return false;
        var (id, edit) = _toPublish.Current;
        _table.Put(_table.Find(id), edit.Build(_wallTime, _sequence), Pages, id);
        return true;
    }
}
