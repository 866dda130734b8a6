namespace Checkpoint.Trials;

/// <summary>One call and what came of it.</summary>
/// <param name="Offset">When it was issued, after the kill.</param>
public sealed record CallRecord(
    string Name, string Host, CallKind Kind, TimeSpan Offset, TimeSpan Took, AisStatus Status, string? Reason, IncarnationId? Incarnation)
{
    /// <summary>It ended with an answer that says what is, whether or not that is the truth.</summary>
    public bool IsAnswered => Status is AisStatus.Ok or AisStatus.NotExist or AisStatus.Exist;

    public override string ToString() =>
        $"{Name} {Kind} through {Host} at +{Offset.TotalSeconds:0.0} s: {Status} after {Took.TotalSeconds:0.000} s{(Reason is null ? "" : $" ({Reason})")}";
}

/// <summary>What a name must be, by the answers so far. Pure.</summary>
public sealed class NameTruth
{
    private readonly HashSet<IncarnationId> _seen = [];

    /// <summary>Of the linked checkpoint, or null when the name is free.</summary>
    public IncarnationId? Linked { get; private set; }

    /// <summary>False after an answer that says nothing: then nothing later can be judged.</summary>
    public bool IsKnown { get; private set; } = true;

    /// <param name="together">Calls that were under way at the same time: any order of them may be the true one.</param>
    /// <returns>What is wrong with the answers, or null.</returns>
    public string? Take(IReadOnlyList<CallRecord> together)
    {
        if (together.Any(call => !call.IsAnswered))
        {
            IsKnown = false;
            return null;
        }

        foreach (var order in Orders(together))
            if (Follow(order) is { } end)
            {
                Linked = end.Linked;
                foreach (var call in together)
                    if (call.Incarnation is { } incarnation)
                        _seen.Add(incarnation);
                return null;
            }

        IsKnown = false;
        return $"with the name {(Linked is { } linked ? $"linked to {linked}" : "free")} no order explains: {string.Join("; ", together)}";
    }

    /// <summary>What an open must find afterwards, on any host.</summary>
    public bool IsFoundBy(CallRecord open) => Linked is { } linked
        ? open.Status == AisStatus.Ok && open.Incarnation == linked
        : open.Status == AisStatus.NotExist;

    private static IEnumerable<IReadOnlyList<CallRecord>> Orders(IReadOnlyList<CallRecord> together) =>
        together.Count == 2 ? [together, [together[1], together[0]]] : [together];

    private End? Follow(IReadOnlyList<CallRecord> order)
    {
        var end = new End(Linked);
        foreach (var call in order)
        {
            var next = call.Kind switch
            {
                CallKind.Retain or CallKind.Close => call.Status == AisStatus.Ok ? end : null,
                CallKind.Open or CallKind.Show when end.Linked is null => call.Status == AisStatus.NotExist ? end : null,
                CallKind.Open or CallKind.Show or CallKind.Create when end.Linked is not null => Found(call, end),
                CallKind.CreateOther when end.Linked is not null => call.Status == AisStatus.Exist ? end : null,
                CallKind.Create or CallKind.CreateOther => Made(call),
                CallKind.Unlink when end.Linked is null => call.Status == AisStatus.NotExist ? end : null,
                CallKind.Unlink => call.Status == AisStatus.Ok ? new End(null) : null,
                _ => throw new InvalidOperationException($"nobody judges {call.Kind}"),
            };
            if (next is null)
                return null;
            end = next;
        }

        return end;
    }

    private static End? Found(CallRecord call, End end) => call.Status == AisStatus.Ok && call.Incarnation == end.Linked ? end : null;

    private End? Made(CallRecord call) =>
        call is { Status: AisStatus.Ok, Incarnation: { } made } && !_seen.Contains(made) ? new End(made) : null;

    private sealed record End(IncarnationId? Linked);
}
