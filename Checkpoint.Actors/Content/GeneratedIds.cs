using System.Buffers.Binary;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Content;

/// <summary>Ids for creates that ask for one: never equal to an existing one, 1 to max-section-id-size bytes (ais-ckpt 2.7).</summary>
internal static class GeneratedIds
{
    /// <summary>8 random bytes: that a deleted section's id comes back soon, or that two orderers around a switch agree on one, does not happen.</summary>
    private const int LengthBytes = 8;

    /// <summary>A free id, or null when every id of the allowed length is taken.</summary>
    /// <param name="lengthMaxBytes">At least 1.</param>
    public static SectionId? Next(ulong lengthMaxBytes, int sections, Func<SectionId, bool> exists, Func<ulong> random)
    {
        var length = (int)Math.Min(lengthMaxBytes, LengthBytes);
        var possible = length == LengthBytes ? ulong.MaxValue : 1UL << (8 * length);
        var start = random();

        // One more candidate than there are sections: one of them is free unless all possible ids are taken.
        var candidates = Math.Min(possible, (ulong)sections + 1);
        Span<byte> bytes = stackalloc byte[LengthBytes];
        for (var step = 0UL; step < candidates; step++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, unchecked(start + step));
            var id = new SectionId(bytes[..length].ToArray());
            if (!exists(id))
                return id;
        }

        return null;
    }
}
