using System.Text;

namespace Checkpoint.Protocol;

/// <summary>Bytes that are mostly text, as a person reads them: UTF-8, everything else as \xNN.</summary>
public static class ByteText
{
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var used);
            if (status == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune) && rune.Value != '\\')
                text.Append(rune.ToString());
            else
                foreach (var value in bytes[..used])
                    text.Append("\\x").Append(value.ToString("x2"));
            bytes = bytes[used..];
        }

        return text.ToString();
    }
}
