using Checkpoint.Actors.Content;
using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>One state of a replica, as a query asks for it.</summary>
internal static class TableReader
{
    /// <summary>Data for every profile, without a look at its rules: a valid section, and a buffer and a range that none of them refuses.</summary>
    public static bool IsPlain(ReadRequest.Element element, Section section, CreationAttributes attributes)
    {
        var range = element.Range;
        if (section.IsCorrupted || range.Offset > (ulong)section.Size)
            return false;
        return element.Size == ReadElement.Whole || (!range.IsEmpty && range.IsWithin(attributes.MaxSectionSize));
    }

    /// <summary>What the section ids cost that an iteration holds.</summary>
    public static long BytesOf(int ids) => (long)TransitBudgets.IdOverheadBytes * ids;

    /// <summary>Must a read of the head wait until what is pending is applied? It is too much to be made for a read.</summary>
    public static bool NeedsMark(QueryBody body, PendingSections pending) =>
        body is QueryBody.Read read ? pending.NeedsMark(read.Elements) : pending.IsOpaque;

    /// <param name="pending">Null: the stable state. Else the head.</param>
    /// <param name="room">Where the bytes of the answer are reserved; null: nowhere.</param>
    /// <returns>The result, or when it is too much for one step what makes it in slices.</returns>
    public static (QueryResult? Result, IQuerySteps? Steps) Begin(QueryBody body, Replica replica, PendingSections? pending, Reservation? room)
    {
        var table = replica.Table!;
        room?.Release(); // Of an attempt that came to nothing.
        switch (body)
        {
            case QueryBody.Read read:
                return Begin(read, table, pending, replica.StepWorkMax, room);
            case QueryBody.Describe:
                return (new QueryResult.Described(new CheckpointDescriptor(
                    replica.State.Attributes with { RetentionDuration = replica.State.RetentionDuration },
                    pending?.Count ?? table.Count,
                    pending?.BytesUsed ?? table.BytesUsed)), null);
            case QueryBody.List list:
                // By the places that the list can have; the ids' own bytes are shared with the table.
                if (room?.TryReserve(BytesOf(pending?.Count ?? table.Count)) == false)
                    return (new QueryResult.Refused(AisStatus.NoResources, room.Refused), null);
                var lister = new SectionLister(table, list.Chosen, list.Time, pending);
                return lister.Work > replica.StepWorkMax ? (null, lister) : Whole(lister);
            case QueryBody.DescribeSections describe:
                return (new QueryResult.SectionsDescribed([.. describe.Ids.Select(id => table.Describe(id, pending))]), null);
            default:
                throw new InvalidOperationException($"No rule reads {body.GetType().Name}.");
        }
    }

    private static (QueryResult? Result, IQuerySteps? Steps) Begin(QueryBody.Read read, SectionTable table, PendingSections? pending, long workMax, Reservation? room)
    {
        var reader = new SectionReader(table, read.Elements, pending, room);
        if (ContentWork.Of(read.Elements.Count, 0) > workMax)
            return (null, reader);
        reader.LookUp();
        return reader.Bytes > workMax ? (null, reader) : Whole(reader);
    }

    private static (QueryResult? Result, IQuerySteps? Steps) Whole(IQuerySteps steps)
    {
        steps.Step(long.MaxValue);
        return (steps.Result, null);
    }
}
