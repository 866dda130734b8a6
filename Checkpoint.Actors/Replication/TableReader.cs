using Checkpoint.Actors.Content;
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

    /// <summary>Must a read of the head wait until what is pending is applied? It is too much to be made for a read.</summary>
    public static bool NeedsMark(QueryBody body, PendingSections pending)
    {
        if (pending.IsOpaque || body is not QueryBody.Read read)
            return pending.IsOpaque;
        foreach (var element in read.Elements)
            if (pending.NeedsMark(element.Id))
                return true;
        return false;
    }

    /// <param name="pending">Null: the stable state. Else the head.</param>
    /// <returns>The result, or when it is too much for one step what makes it in slices.</returns>
    public static (QueryResult? Result, IQuerySteps? Steps) Begin(QueryBody body, Replica replica, PendingSections? pending)
    {
        var table = replica.Table!;
        switch (body)
        {
            case QueryBody.Read read:
                return Begin(read, table, pending, replica.StepWorkMax);
            case QueryBody.Describe:
                return (new QueryResult.Described(new CheckpointDescriptor(
                    replica.State.Attributes with { RetentionDuration = replica.State.RetentionDuration },
                    pending?.Count ?? table.Count,
                    pending?.BytesUsed ?? table.BytesUsed)), null);
            case QueryBody.List list:
                var lister = new SectionLister(table, list.Chosen, list.Time, pending);
                return lister.Work > replica.StepWorkMax ? (null, lister) : Whole(lister);
            case QueryBody.DescribeSections describe:
                return (new QueryResult.SectionsDescribed([.. describe.Ids.Select(id => table.Describe(id, pending))]), null);
            default:
                throw new InvalidOperationException($"No rule reads {body.GetType().Name}.");
        }
    }

    private static (QueryResult? Result, IQuerySteps? Steps) Begin(QueryBody.Read read, SectionTable table, PendingSections? pending, long workMax)
    {
        var reader = new SectionReader(table, read.Elements, pending);
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
