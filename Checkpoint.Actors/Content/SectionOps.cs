using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>What one change does to one section: the same function makes the stable state and the head that pending changes will give.</summary>
internal static class SectionOps
{
    /// <summary>Every section that <paramref name="op"/> names; a vector may name one several times.</summary>
    public static IEnumerable<SectionId> IdsOf(ContentOp op) => op switch
    {
        ContentOp.CreateSection create => [create.Id],
        ContentOp.DeleteSection delete => [delete.Id],
        ContentOp.SetExpiration set => [set.Id],
        ContentOp.Overwrite overwrite => [overwrite.Id],
        ContentOp.Corrupt corrupt => [corrupt.Id],
        ContentOp.ExpireSections expire => expire.Ids,
        ContentOp.Write write => write.Elements.Select(element => element.Id),
        _ => throw Unknown(op),
    };

    /// <summary>The section <paramref name="id"/>, which <paramref name="op"/> names, after it; null when it is then absent. Vectors are <see cref="Write"/>'s.</summary>
    public static Section? Apply(Section? before, SectionId id, ContentOp op, long sequence, long wallTime) => op switch
    {
        ContentOp.CreateSection create => before is null
            ? Section.Create(id, create.Data, create.ExpirationTime, wallTime, sequence)
            : throw Present(id, sequence),
        ContentOp.DeleteSection => Existing(before, id, sequence, null),
        ContentOp.SetExpiration set => Existing(before, id, sequence, before?.WithExpiration(set.ExpirationTime, sequence)),
        ContentOp.Overwrite overwrite => Existing(before, id, sequence, before?.Overwrite(overwrite.Data, wallTime, sequence)),
        ContentOp.Corrupt => Existing(before, id, sequence, before?.Corrupt(sequence)),
        ContentOp.ExpireSections expire => IsDue(before, expire) ? null : before,
        _ => throw Unknown(op),
    };

    /// <summary>The orderer's clock found it due, but its time may have been set anew since (ais-ckpt 2.7).</summary>
    public static bool IsDue(Section? section, ContentOp.ExpireSections expire) => section is not null && section.ExpirationTime <= expire.Time;

    public static Exception Absent(SectionId id, long sequence) =>
        new InvalidOperationException($"Update {sequence} changes section {id}, which does not exist.");

    public static Exception Present(SectionId id, long sequence) =>
        new InvalidOperationException($"Update {sequence} creates section {id}, which exists.");

    public static Exception Unknown(ContentOp op) => new InvalidOperationException($"No rule applies {op.GetType().Name}.");

    /// <summary>The section <paramref name="id"/> after a vector of which these are its elements, in order.</summary>
    public static Section Write(Section? before, SectionId id, IReadOnlyList<WriteElement> elements, long sequence, long wallTime)
    {
        var edit = new SectionEdit(Existing(before, id, sequence, before)!);
        foreach (var element in elements)
            edit.Cover(element);
        foreach (var element in elements)
            edit.Write(element);
        return edit.Build(wallTime, sequence);
    }

    private static Section? Existing(Section? before, SectionId id, long sequence, Section? after) => before is not null
        ? after
        : throw Absent(id, sequence);
}
