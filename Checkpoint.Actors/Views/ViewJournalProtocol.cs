namespace Checkpoint.Actors.Views;

/// <summary>What the ReplicaAgent asks of its host's <see cref="ViewJournal"/>. Every command gets exactly one reply.</summary>
public static class ViewJournalProtocol
{
    /// <summary>All rows that the journal keeps, oldest first. Answered by <see cref="Rows"/> or <see cref="Away"/>.</summary>
    public sealed record Read
    {
        public static readonly Read Instance = new();
    }

    /// <summary>
    /// Offers a row. Answered by <see cref="Appended"/> when the journal has a row of this number, ours or another's, or by
    /// <see cref="Away"/> when that is unknown: the row may still turn up in a later <see cref="Rows"/>.
    /// </summary>
    public sealed record Append(ViewRow Row);

    public sealed record Rows(IReadOnlyList<ViewRow> Kept);

    /// <param name="Won">The journal's row is the offered one.</param>
    /// <param name="InJournal">The row that has the number; null when it is older than what the journal keeps.</param>
    /// <param name="Kept">All rows that the journal keeps.</param>
    public sealed record Appended(long Number, bool Won, ViewRow? InJournal, IReadOnlyList<ViewRow> Kept);

    /// <param name="Number">The number of the row that was offered, or 0 for a read.</param>
    public sealed record Away(long Number, string Reason);
}
