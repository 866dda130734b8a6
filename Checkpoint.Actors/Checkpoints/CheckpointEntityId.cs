using System.Security.Cryptography;
using System.Text;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// A checkpoint's name as an entity id: ASCII that is safe in actor paths, shard messages and every SQL collation, whatever bytes the
/// name has. Short names are 'n' and their bytes in hex; longer ones are 'h' and their SHA-256. The true name stands in the journal
/// and in each command, so an entity notices another name with the same hash and refuses it.
/// </summary>
public static class CheckpointEntityId
{
    /// <summary>The SQL journal's persistence_id column has 255 characters: 11 of prefix + 1 + 2 x 120 = 252.</summary>
    public const int PlainNameMaxBytes = 120;

    private const string PersistencePrefix = "checkpoint-";

    public static string Of(CheckpointName name) =>
        name.Bytes.Length <= PlainNameMaxBytes
            ? "n" + Convert.ToHexStringLower(name.Bytes.Span)
            : "h" + Convert.ToHexStringLower(SHA256.HashData(name.Bytes.Span));

    public static string PersistenceIdOf(string entityId) => PersistencePrefix + entityId;

    /// <summary>Equal on every host, for ever: it places the entity.</summary>
    public static string ShardOf(string entityId) =>
        ((uint)StableHash.Of(Encoding.ASCII.GetBytes(entityId)) % CheckpointRegion.ShardCount).ToString();
}
