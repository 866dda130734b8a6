using System.Collections.Immutable;

namespace Checkpoint.Protocol;

/// <summary>Bytes of a <see cref="View"/>, on the wire and in the journal (docs/WIRE.md): u8 version, then the fields in order.</summary>
public static class ViewCodec
{
    public const byte Version = 1;

    /// <summary>The least that a host takes: an empty address and a uid.</summary>
    private const int HostMinBytes = 12;

    public static byte[] Encode(View view)
    {
        var writer = new WireWriter();
        Write(writer, view);
        return writer.ToArray();
    }

    /// <exception cref="WireFormatException">No view of this version.</exception>
    public static View Decode(ReadOnlyMemory<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var view = Read(ref reader);
        reader.End();
        return view;
    }

    public static void Write(WireWriter writer, View view)
    {
        writer.U8(Version);
        writer.I64(view.Number);
        Write(writer, view.Hosts);
        foreach (var since in view.Since)
            writer.I64(since);
        Write(writer, view.Previous);
        Write(writer, view.Dead);
        writer.Host(view.Proposer);
    }

    public static View Read(ref WireReader reader)
    {
        var version = reader.U8();
        if (version != Version)
            throw new WireFormatException($"view of version {version}, this host reads {Version}");
        var number = reader.I64();
        var hosts = ReadHosts(ref reader);
        var since = ImmutableArray.CreateBuilder<long>(hosts.Length);
        for (var index = 0; index < hosts.Length; index++)
            since.Add(reader.I64());
        return new View(number, hosts, since.MoveToImmutable(), ReadHosts(ref reader), ReadHosts(ref reader), reader.Host());
    }

    private static void Write(WireWriter writer, ImmutableArray<HostId> hosts)
    {
        writer.U32((uint)hosts.Length);
        foreach (var host in hosts)
            writer.Host(host);
    }

    private static ImmutableArray<HostId> ReadHosts(ref WireReader reader)
    {
        var count = reader.Count(HostMinBytes);
        var hosts = ImmutableArray.CreateBuilder<HostId>(count);
        for (var index = 0; index < count; index++)
            hosts.Add(reader.Host());
        return hosts.MoveToImmutable();
    }
}
