using Microsoft.Data.Sqlite;

namespace Checkpoint.Host.Journal;

/// <summary>Prepares the file that the hosts of one machine share.</summary>
public static class SqliteFile
{
    private static ReadOnlySpan<byte> Header => "SQLite format 3\0"u8;

    /// <summary>False for a file that has content and is something else. A file that is not there, is empty or may not be read is none of this one's faults.</summary>
    public static bool MayBeDatabase(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> begin = stackalloc byte[Header.Length];
            var length = file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
            return length == 0 || begin[..length].SequenceEqual(Header);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>
    /// Creates directory and file and puts the file into WAL mode, which it keeps: there is no keyword for it in a connection
    /// string, and without it two writing processes were seen to block each other into "database is locked".
    /// </summary>
    /// <exception cref="SqliteException">The file cannot be used.</exception>
    /// <exception cref="IOException">The directory cannot be created.</exception>
    public static void Prepare(string path, string connectionString)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Not pooled: a connection left open by us would hold the file for the whole run.
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL";
        var mode = (string)command.ExecuteScalar()!;
        if (mode != "wal")
            throw new IOException($"{path}: SQLite keeps its journal mode {mode}; WAL needs a local file system");
    }
}
