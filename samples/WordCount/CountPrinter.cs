using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace WordCount;

/// <summary>Prints slots as they come out of <c>checkpoint dump</c>, one after the other, as lines "count word".</summary>
public static class CountPrinter
{
    /// <exception cref="InvalidDataException">The input does not end where a slot does.</exception>
    public static void Print(Stream from, Stream to)
    {
        using var input = new BufferedStream(from, 1 << 16);
        using var output = new BufferedStream(to, 1 << 16);
        var header = new byte[SlotTable.HeaderBytes];
        while (input.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) is var read and > 0)
        {
            if (read < header.Length)
                throw new InvalidDataException($"the input ends within a slot's first {header.Length} bytes");
            var word = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(8))];
            input.ReadExactly(word);
            output.Write(Encoding.ASCII.GetBytes(BinaryPrimitives.ReadInt64LittleEndian(header).ToString(CultureInfo.InvariantCulture)));
            output.WriteByte((byte)' ');
            output.Write(new WordKey(word).ToLine());
            output.WriteByte((byte)'\n');
        }
    }
}
