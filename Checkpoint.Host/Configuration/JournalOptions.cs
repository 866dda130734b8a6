using Checkpoint.Actors.Configuration;
using Checkpoint.Host.Journal;
using Microsoft.Data.Sqlite;

namespace Checkpoint.Host.Configuration;

/// <summary>Where the journal is.</summary>
/// <param name="IsSqlite">A file on this machine; else PostgreSQL.</param>
/// <param name="File">SQLite: an absolute path; else empty.</param>
/// <param name="ConnectionString">As the journal plugin takes it.</param>
public sealed record JournalOptions(bool IsSqlite, string File, string ConnectionString)
{
    /// <summary>The name that linq2db knows the provider by. PostgreSQL.15: the newest dialect it has, for servers from 15 on.</summary>
    public string ProviderName => IsSqlite ? "SQLite.MS" : "PostgreSQL.15";

    /// <summary>How long the last row of a name stays that has no checkpoint any more.</summary>
    /// <value>1 h to 30 d.</value>
    public required TimeSpan AbsentRowsKept { get; init; }

    public static JournalOptions Read(OptionsReader reader)
    {
        var isSqlite = reader.OneOf("journal.kind", "sqlite", "postgresql") == "sqlite";
        var file = reader.Text("journal.file");
        var connectionString = reader.Text("journal.connection-string");
        var busyTimeout = reader.Duration("journal.busy-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        var absentRowsKept = reader.Duration("journal.absent-rows-kept", TimeSpan.FromHours(1), TimeSpan.FromDays(30));

        var (path, connection) = isSqlite
            ? Sqlite(reader, file, connectionString, busyTimeout)
            : ("", PostgreSql(reader, file, connectionString));
        return new JournalOptions(isSqlite, path, connection) { AbsentRowsKept = absentRowsKept };
    }

    private static (string Path, string ConnectionString) Sqlite(OptionsReader reader, string file, string connectionString, TimeSpan busyTimeout)
    {
        if (connectionString.Length > 0)
            reader.Fault("journal.connection-string", "is for journal.kind = postgresql");
        if (file.Length == 0)
        {
            reader.Fault("journal.file", "must be set for journal.kind = sqlite");
            return ("", "");
        }

        var path = PathRules.File(reader, "journal.file", file, Directory.GetCurrentDirectory());
        if (path.Length == 0)
            return ("", "");
        if (!SqliteFile.MayBeDatabase(path))
            reader.Fault("journal.file", $"= {file}, is not a SQLite database");

        var builder = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = (int)Math.Ceiling(busyTimeout.TotalSeconds) };
        return (path, builder.ConnectionString);
    }

    private static string PostgreSql(OptionsReader reader, string file, string connectionString)
    {
        if (file.Length > 0)
            reader.Fault("journal.file", "is for journal.kind = sqlite");
        if (connectionString.Length == 0)
        {
            reader.Fault("journal.connection-string", "must be set for journal.kind = postgresql");
            return "";
        }

        PostgreSqlRules.Check(reader, connectionString);
        return connectionString;
    }
}
