using System.Globalization;
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

        if (FaultOf(builder) is { } fault)
            reader.Fault(Key, fault);
        else if (Refused(builder) is { } refusal)
            reader.Fault(Key, $"cannot work: {refusal}");
    }

    private static string? FaultOf(NpgsqlConnectionStringBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Host))
            return "names no Host";
        if (builder.Host.Split(',').Select(host => host.Trim()).FirstOrDefault(host => !IsHost(host)) is { } bad)
            return $"has Host = {builder.Host}: '{bad}' is not a host, host:port or the absolute path of a socket's directory";
        if (builder.Port is < 1 or > ushort.MaxValue)
            return string.Create(CultureInfo.InvariantCulture, $"has Port = {builder.Port}, must be within 1 and {ushort.MaxValue}");
        if (builder.Pooling && builder.MaxPoolSize < 1) // Npgsql would wait for ever for a connection that nobody may open.
            return "has Maximum Pool Size = 0, must be at least 1";
        if (string.IsNullOrWhiteSpace(builder.Database))
            return "names no Database";
        return new[]
            {
                ("Root Certificate", builder.RootCertificate),
                ("SSL Certificate", builder.SslCertificate),
                ("SSL Key", builder.SslKey),
                ("Passfile", builder.Passfile),
            }
            .Where(pair => !string.IsNullOrEmpty(pair.Item2) && !File.Exists(pair.Item2))
            .Select(pair => $"has {pair.Item1} = {pair.Item2}, there is no such file")
            .FirstOrDefault();
    }

    private static bool IsHost(string host) =>
        host.StartsWith('/') || host.StartsWith('@') || HostNames.IsHostName(host) || HostNames.ParseEndpoint(host) is not null;

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
