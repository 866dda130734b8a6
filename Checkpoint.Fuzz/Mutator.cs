using System.Buffers.Binary;
using Checkpoint.Protocol;

namespace Checkpoint.Fuzz;

/// <summary>Makes an input out of one or two others. Deterministic in its <see cref="Random"/>.</summary>
public sealed class Mutator(Random random)
{
    public const int LengthMax = 128 * 1024;

    private const int ChangesMax = 6;

    /// <summary>Where the first frame's header stands in an input: behind the step and the preamble.</summary>
    private const int FirstHeader = 1 + GatewayFrame.PreambleBytes;

    private static readonly long[] Interesting =
        [0, 1, 2, 3, 7, 8, 16, 31, 32, 64, 127, 128, 255, 256, 1024, 4096, 16384, 32767, 32768, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, -1];

    public byte[] Mutate(byte[] parent, byte[] other)
    {
        var bytes = new List<byte>(parent);
        for (var changes = random.Next(1, ChangesMax); changes > 0; changes--)
            Change(bytes, other);
        if (bytes.Count > LengthMax)
            bytes.RemoveRange(LengthMax, bytes.Count - LengthMax);
        var mutated = bytes.ToArray();
        // Else nearly every change of length would end at the frame's header.
        if (random.Next(4) > 0)
            FitFrame(mutated);
        return mutated;
    }

    private void Change(List<byte> bytes, byte[] other)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }

        // Mostly near the beginning: that is where the fields are.
        var at = random.Next(4) == 0 ? random.Next(bytes.Count) : random.Next(Math.Min(bytes.Count, 256));
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                PutNumber(bytes, at);
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(random.Next(1, 32), bytes.Count - at));
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 64), bytes.Count - at)));
                break;
            case 5:
                Splice(bytes, at, other);
                break;
            default:
                bytes[at] = (byte)(bytes[at] + random.Next(-4, 5));
                break;
        }
    }

    private void PutNumber(List<byte> bytes, int at)
    {
        var number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, Interesting[random.Next(Interesting.Length)]);
        var width = 1 << random.Next(4);
        for (var i = 0; i < width && at + i < bytes.Count; i++)
            bytes[at + i] = number[i];
    }

    private void Splice(List<byte> bytes, int at, byte[] other)
    {
        if (other.Length == 0)
            return;
        var from = random.Next(other.Length);
        var length = Math.Min(random.Next(1, 128), other.Length - from);
        var taken = Math.Min(length, bytes.Count - at);
        bytes.RemoveRange(at, taken);
        bytes.InsertRange(at, other.AsSpan(from, length).ToArray());
    }

    /// <summary>One frame up to the end, if what is there is to be one.</summary>
    private static void FitFrame(byte[] bytes)
    {
        const int Payload = FirstHeader + GatewayFrame.HeaderBytes;
        if (bytes.Length <= Payload || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(FirstHeader)) == 0)
            return;
        var announced = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(FirstHeader));
        var actual = bytes.Length - Payload;
        // Several frames stay as they are.
        if (announced > actual || actual - announced < 256)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(FirstHeader), (uint)actual);
    }
}
