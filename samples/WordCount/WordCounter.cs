using System.Buffers;
using System.Security.Cryptography;

namespace WordCount;

/// <summary>
/// Counts words. A word is a maximal run of bytes other than space, tab, newline, vertical tab, form feed and carriage return. Bytes may come
/// in any chunks; memory does not grow with a word's length. Pure.
/// </summary>
public sealed class WordCounter : IDisposable
{
    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\n\v\f\r"u8);

    private readonly Dictionary<WordKey, long> _counts = [];
    private readonly ArrayBufferWriter<byte> _begun = new();
    private IncrementalHash? _long;

    public static int IndexOfWhiteSpace(ReadOnlySpan<byte> bytes) => bytes.IndexOfAny(WhiteSpace);

    public static int LastIndexOfWhiteSpace(ReadOnlySpan<byte> bytes) => bytes.LastIndexOfAny(WhiteSpace);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOfAny(WhiteSpace);
            Grow(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
                return;
            EndWord();
            var next = bytes[end..].IndexOfAnyExcept(WhiteSpace);
            bytes = next < 0 ? default : bytes[(end + next)..];
        }
    }

    /// <summary>The last word has ended. Gives the counts since the last call and begins anew.</summary>
    public IReadOnlyDictionary<WordKey, long> Take()
    {
        EndWord();
        var counts = new Dictionary<WordKey, long>(_counts);
        _counts.Clear();
        return counts;
    }

    public void Dispose() => _long?.Dispose();

    private void Grow(ReadOnlySpan<byte> bytes)
    {
        var room = WordKey.PlainMaxBytes - _begun.WrittenCount;
        if (bytes.Length > room && _long is null)
        {
            _long = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            _long.AppendData(_begun.WrittenSpan);
        }

        _long?.AppendData(bytes);
        _begun.Write(bytes[..Math.Min(room, bytes.Length)]);
    }

    private void EndWord()
    {
        if (_begun.WrittenCount == 0)
            return;
        var key = new WordKey(_long is null ? _begun.WrittenSpan.ToArray() : [.. _begun.WrittenSpan, .. _long.GetHashAndReset()]);
        _long?.Dispose();
        _long = null;
        _begun.ResetWrittenCount();
        _counts[key] = _counts.GetValueOrDefault(key) + 1;
    }
}
