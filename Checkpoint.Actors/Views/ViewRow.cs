namespace Checkpoint.Actors.Views;

/// <summary>One row of the journal of views: the number is the journal's sequence number, so its unique key lets one proposer win.</summary>
/// <param name="Number">From 1, without holes.</param>
/// <param name="Encoded">The view's bytes; two rows are the same row when these are equal. Not written to by anyone.</param>
public sealed record ViewRow(long Number, ReadOnlyMemory<byte> Encoded)
{
    public bool IsSameAs(ViewRow other) => Number == other.Number && Encoded.Span.SequenceEqual(other.Encoded.Span);
}
