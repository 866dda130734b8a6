using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Checkpoint.Host.Journal;

/// <summary>
/// Which failures of a journal prove that it has nothing of the rows: whoever waits is then told TRY_AGAIN. After any other failure (a time-out, a lost connection)
/// the rows may be there. A row that the unique key refuses counts among the latter: the one in its place may be ours.
/// </summary>
public static class JournalErrors
{
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteReadOnly = 8;
    private const int SqliteIoError = 10;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;

    /// <summary>The write itself failed, as above a limit of file sizes. A failed fsync is not among these: what it was to make sure of may be there.</summary>
    private const int SqliteIoErrorWrite = SqliteIoError | (3 << 8);

    public static bool ProveUnwritten(Exception failure)
    {
        for (var at = failure; at is not null; at = at.InnerException)
        {
            if (at is SqliteException sqlite)
                return IsRolledBack(sqlite);
        }

        return PostgreSqlProves(failure);
    }

    private static bool IsRolledBack(SqliteException failure) =>
        failure.SqliteErrorCode is SqliteBusy or SqliteLocked or SqliteReadOnly or SqliteFull or SqliteCannotOpen
        || failure.SqliteExtendedErrorCode == SqliteIoErrorWrite;

    /// <summary>Not part of its caller: a host with SQLite would load Npgsql for it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool PostgreSqlProves(Exception failure)
    {
        for (var at = failure; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                // No space, no memory, too many connections; read-only; not yet, or no longer, open for connections.
                case PostgresException { SqlState: var state }:
                    return state.StartsWith("53", StringComparison.Ordinal) || state is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.CannotConnectNow;
                // There was no connection that a row could have gone through.
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable or SocketError.NetworkUnreachable }:
                    return true;
            }
        }

        return false;
    }
}
