using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Checkpoint.Actors.Configuration;
using Checkpoint.Protocol;
using Npgsql;

namespace Checkpoint.Host.Configuration;

/// <summary>
/// PostgreSQL connection strings that can never work, found without a socket. Whether the server is there is not asked: it may come back. The text may
/// hold a password, so that only the faulty part of it is shown.
/// </summary>
internal static class PostgreSqlRules
{
    private const string Key = "journal.connection-string";

    /// <summary>Bytes; Npgsql's own limit, which it tells only whoever connects.</summary>
    private const int BufferBytesMin = 4096;

    /// <summary>sun_path of Linux without its final zero.</summary>
    private const int SocketPathBytesMax = 107;

    private static readonly string[] ReadersOnly = ["standby", "read-only", "prefer-standby"];

    public static void Check(OptionsReader reader, string text)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            reader.Fault(Key, $"is not understood: {Words(e)}");
            return;
        }

        List<string> faults = [.. FaultsOf(builder)];
        if (faults.Count > 0)
            reader.Fault(Key, string.Join("; ", faults));
        else if (Refused(builder) is { } refusal)
            reader.Fault(Key, $"cannot work: {refusal}");
    }

    private static IEnumerable<string> FaultsOf(NpgsqlConnectionStringBuilder builder) => ServerFaults(builder)
        .Concat(Range("Port", builder.Port, 1, ushort.MaxValue))
        .Concat(Range("Maximum Pool Size", builder.Pooling ? builder.MaxPoolSize : 1, 1, int.MaxValue)) // Npgsql would wait for ever for a connection that nobody may open.
        .Concat(Range("Read Buffer Size", builder.ReadBufferSize, BufferBytesMin, int.MaxValue))
        .Concat(Range("Write Buffer Size", builder.WriteBufferSize, BufferBytesMin, int.MaxValue))
        .Concat(WordFaults(builder))
        .Concat(PostgreSqlFiles.Faults(builder));

    private static IEnumerable<string> ServerFaults(NpgsqlConnectionStringBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Host))
            yield return "names no Host";
        else
        {
            foreach (var fault in builder.Host.Split(',').Select(host => HostFault(host.Trim(), builder.Port)).OfType<string>())
                yield return $"has Host = {builder.Host}: {fault}";
        }

        if (string.IsNullOrWhiteSpace(builder.Database))
            yield return "names no Database";
    }

    private static string? HostFault(string host, int port)
    {
        if (host.StartsWith('/') && File.Exists(host))
            return $"'{host}' is a file, must be the directory of a socket";
        if (host.StartsWith('/') && System.Text.Encoding.UTF8.GetByteCount(FormattableString.Invariant($"{host}/.s.PGSQL.{port}")) > SocketPathBytesMax)
            return $"the path of the socket in it has more than {SocketPathBytesMax} bytes";
        if (host.StartsWith('/') || host.StartsWith('@'))
            return null;
        var name = HostNames.ParseEndpoint(host)?.Host ?? host;
        if (!HostNames.IsHostName(name))
            return $"'{host}' is not a host, host:port or the absolute path of a socket's directory";
        return IPAddress.TryParse(name.Trim('[', ']'), out var address) && IsNobody(address) ? $"'{host}' is no address that a server can be reached at" : null;
    }

    /// <summary>Any address, all hosts, a group of hosts.</summary>
    private static bool IsNobody(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
        || address.Equals(IPAddress.Broadcast) || address.IsIPv6Multicast
        || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] is >= 224 and < 240);

    private static IEnumerable<string> WordFaults(NpgsqlConnectionStringBuilder builder)
    {
        if (!IsEncoding(builder.Encoding))
            yield return $"has Encoding = {builder.Encoding}, there is none of that name";
        if (builder.TcpKeepAliveInterval > 0 && builder.TcpKeepAliveTime == 0)
            yield return "has Tcp Keepalive Interval without Tcp Keepalive Time";
        if (builder.TargetSessionAttributes?.ToLowerInvariant() is { } target && ReadersOnly.Contains(target))
            yield return $"has Target Session Attributes = {target}: the journal is written, which such a server does not take";
    }

    private static bool IsEncoding(string name)
    {
        try
        {
            return name.Equals("UTF8", StringComparison.OrdinalIgnoreCase) || System.Text.Encoding.GetEncoding(name) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Range(string keyword, int value, int min, int max)
    {
        if (value < min || value > max)
            yield return string.Create(CultureInfo.InvariantCulture, $"has {keyword} = {value}, must be {(max == int.MaxValue ? $"at least {min}" : $"within {min} and {max}")}");
    }

    /// <summary>Keywords that exclude each other and values that need more than one host: Npgsql says so when a data source is made, long before it connects.</summary>
    private static string? Refused(NpgsqlConnectionStringBuilder builder)
    {
        try
        {
            using var source = NpgsqlDataSource.Create(builder);
            using var connection = source.CreateConnection();
            return null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException or FormatException or IOException)
        {
            return Words(e);
        }
    }

    private static string Words(Exception e) => e.Message.ReplaceLineEndings(" ");
}
