using System.Collections.Immutable;
using Akka.Actor;

namespace Checkpoint.Client.Connection;

/// <summary>
/// The receptionists that are known: those that were given stay for ever, the latest of those learned stay as far as there is room.
/// </summary>
internal sealed class ContactBook(IEnumerable<ActorPath> given)
{
    public const int LearnedMax = 64;

    private readonly ImmutableHashSet<ActorPath> _given = [.. given];
    private readonly List<ActorPath> _learned = [];

    public void Learn(IEnumerable<ActorPath> contacts)
    {
        foreach (var contact in contacts)
        {
            if (_given.Contains(contact))
                continue;
            _learned.Remove(contact);
            _learned.Add(contact);
        }

        _learned.RemoveRange(0, Math.Max(0, _learned.Count - LearnedMax));
    }

    /// <summary>Whom to ask: everybody known but the one to avoid, as long as that leaves somebody.</summary>
    public ImmutableHashSet<ActorPath> Except(string? hostAndPort)
    {
        var all = _given.Union(_learned);
        var others = all.Where(contact => AddressText(contact) != hostAndPort).ToImmutableHashSet();
        return others.IsEmpty ? all : others;
    }

    private static string AddressText(ActorPath contact) => $"{contact.Address.Host}:{contact.Address.Port}";
}
