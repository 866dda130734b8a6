using System.Buffers.Binary;
using System.Text;

namespace Checkpoint.Tests.Native;

/// <summary>What a 64-bit little-endian ELF library says to the loader: its exports with their versions, its name, what it needs.</summary>
internal sealed class ElfLibrary
{
    private const uint DynamicSymbols = 11;
    private const uint DynamicSection = 6;
    private const uint VersionOfSymbols = 0x6fffffff;
    private const uint VersionDefinitions = 0x6ffffffd;

    private readonly byte[] _file;
    private readonly Dictionary<uint, (long At, long Bytes, int Link)> _sections = [];
    private readonly List<(long At, long Bytes)> _byIndex = [];

    public ElfLibrary(string path)
    {
        _file = File.ReadAllBytes(path);
        Assert.Equal([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1], _file[..6]);
        var (at, size, count) = (I64(0x28), U16(0x3a), U16(0x3c));
        for (var i = 0; i < count; i++)
        {
            var header = at + (i * (long)size);
            _byIndex.Add((I64(header + 0x18), I64(header + 0x20)));
            _sections[U32(header + 4)] = (I64(header + 0x18), I64(header + 0x20), (int)U32(header + 0x28));
        }

        Exports = ReadExports();
        ReadDynamic();
    }

    public IReadOnlyList<Export> Exports { get; }

    public string? Name { get; private set; }

    public List<string> Needed { get; } = [];

    /// <summary>Stays in the process after dlclose.</summary>
    public bool IsNeverUnloaded { get; private set; }

    private List<Export> ReadExports()
    {
        var versions = ReadVersions();
        var symbols = _sections[DynamicSymbols];
        var exports = new List<Export>();
        for (var i = 0; i < symbols.Bytes / 24; i++)
        {
            var at = symbols.At + (i * 24L);
            var (name, binding, section) = (Text(symbols.Link, U32(at)), _file[at + 4] >> 4, U16(at + 6));
            if (binding is not (1 or 2) || section is 0 or 0xfff1 || name.Length == 0) // Undefined here, or the name of a version.
                continue;
            var version = _sections.TryGetValue(VersionOfSymbols, out var table) ? U16(table.At + (i * 2L)) : (ushort)1;
            exports.Add(new Export(name, versions.GetValueOrDefault(version & 0x7fff), (version & 0x8000) == 0, binding == 2));
        }

        return exports;
    }

    private Dictionary<int, string> ReadVersions()
    {
        var versions = new Dictionary<int, string>();
        if (!_sections.TryGetValue(VersionDefinitions, out var definitions))
            return versions;
        for (var at = definitions.At; ; at += U32(at + 16))
        {
            if ((U16(at + 2) & 1) == 0) // The first is that of the file itself.
                versions[U16(at + 4)] = Text(definitions.Link, U32(at + U32(at + 12)));
            if (U32(at + 16) == 0)
                return versions;
        }
    }

    private void ReadDynamic()
    {
        var dynamic = _sections[DynamicSection];
        for (var at = dynamic.At; at < dynamic.At + dynamic.Bytes; at += 16)
        {
            var value = (uint)I64(at + 8);
            switch (I64(at))
            {
                case 1:
                    Needed.Add(Text(dynamic.Link, value));
                    break;
                case 14:
                    Name = Text(dynamic.Link, value);
                    break;
                case 0x6ffffffb:
                    IsNeverUnloaded = (value & 8) != 0;
                    break;
            }
        }
    }

    private string Text(int section, uint offset)
    {
        var from = (int)(_byIndex[section].At + offset);
        return Encoding.ASCII.GetString(_file.AsSpan(from, _file.AsSpan(from).IndexOf((byte)0)));
    }

    private ushort U16(long at) => BinaryPrimitives.ReadUInt16LittleEndian(_file.AsSpan((int)at));

    private uint U32(long at) => BinaryPrimitives.ReadUInt32LittleEndian(_file.AsSpan((int)at));

    private long I64(long at) => BinaryPrimitives.ReadInt64LittleEndian(_file.AsSpan((int)at));

    /// <param name="Version">Null: without a version.</param>
    /// <param name="IsDefault">What a program without a version in mind gets.</param>
    public sealed record Export(string Name, string? Version, bool IsDefault, bool IsWeak);
}
