using Akka.Configuration;
using Checkpoint.Host.Configuration;
using Microsoft.Data.Sqlite;

namespace Checkpoint.Tests.Cluster;

/// <summary>A SQLite journal in a directory of its own, shared by the systems of one test, in WAL mode as hosts set it.</summary>
public sealed class TestJournal : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("checkpoint-journal-").FullName;

    public TestJournal()
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        command.ExecuteNonQuery();
    }

    private string ConnectionString => $"Data Source={Path.Combine(_directory, "journal.db")};Default Timeout=10";

    public Config Config => ConfigurationFactory.ParseString($$"""
        akka.persistence {
          journal {
            plugin = "akka.persistence.journal.sql"
            sql {
              connection-string = "{{ConnectionString}}"
              provider-name = "SQLite.MS"
              batch-size = 1
            }
            views {
              class = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql"
              plugin-id = "akka.persistence.journal.views"
              connection-string = "{{ConnectionString}}"
              provider-name = "SQLite.MS"
              batch-size = 1
              parallelism = 1
            }
          }
          snapshot-store.plugin = "akka.persistence.no-snapshot-store"
          journal-plugin-fallback {
            replay-filter.mode = off
            circuit-breaker.max-failures = 100000
          }
        }
        """).WithFallback(Akka.Persistence.Sql.SqlPersistence.DefaultConfiguration);

    /// <summary>As the hosts' own purge is told of the journal.</summary>
    public JournalOptions Options => new(IsSqlite: true, Path.Combine(_directory, "journal.db"), ConnectionString) { AbsentRowsKept = TimeSpan.FromHours(1) };

    /// <summary>Rows of all writers, views included, deleted ones that are still there as well.</summary>
    public long Rows()
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM journal";
        return (long)command.ExecuteScalar()!;
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }
}
