using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>A query in slices.</summary>
internal interface IQuerySteps
{
    /// <summary>It still looks at the table, which must not change until it has seen all that it needs.</summary>
    bool NeedsTable { get; }

    /// <summary>When it is done.</summary>
    QueryResult Result { get; }

    /// <summary>About so much work (<see cref="ContentWork"/>).</summary>
    /// <returns>True when it is done.</returns>
    bool Step(long work);
}
