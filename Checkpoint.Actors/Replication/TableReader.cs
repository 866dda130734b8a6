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

    /// <param name="pending">Null: the stable state. Else the head.</param>
    public static QueryResult Read(QueryBody body, Replica replica, PendingSections? pending)
    {
        var table = replica.Table!;
        switch (body)
        {
            case QueryBody.Read read:
                var result = table.Read(read.Elements, pending);
                return result.Status == AisStatus.Ok
                    ? new QueryResult.Read(result.Data)
                    : new QueryResult.Refused(result.Status, result.Reason, result.ErroneousIndex);
            case QueryBody.Describe:
                return new QueryResult.Described(new CheckpointDescriptor(
                    replica.State.Attributes with { RetentionDuration = replica.State.RetentionDuration },
                    pending?.Count ?? table.Count,
                    pending?.BytesUsed ?? table.BytesUsed));
            case QueryBody.List list:
                return new QueryResult.Listed(table.Select(list.Chosen, list.Time, pending));
            case QueryBody.DescribeSections describe:
                return new QueryResult.SectionsDescribed([.. describe.Ids.Select(id => table.Describe(id, pending))]);
            default:
                throw new InvalidOperationException($"No rule reads {body.GetType().Name}.");
        }
    }
}
