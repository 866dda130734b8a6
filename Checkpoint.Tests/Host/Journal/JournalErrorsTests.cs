using System.Net.Sockets;
using Checkpoint.Host.Journal;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Checkpoint.Tests.Host.Journal;

public sealed class JournalErrorsTests
{
    [Theory(DisplayName = "SQLite: a full disk, a read-only file, a lock and a failed write prove that nothing was written; a failed fsync and a taken key do not")]
    [InlineData(13, 13, true)]
    [InlineData(8, 8, true)]
    [InlineData(14, 14, true)]
    [InlineData(5, 5, true)]
    [InlineData(10, 778, true)]
    [InlineData(10, 1034, false)]
    [InlineData(19, 2067, false)]
    public void Sqlite(int code, int extended, bool proves) =>
        Assert.Equal(proves, JournalErrors.ProveUnwritten(new AggregateException(new SqliteException("it says", code, extended))));

    [Theory(DisplayName = "PostgreSQL: no space, read-only, and not open for connections prove it; a taken key, an ended connection and an unknown completion do not")]
    [InlineData("53100", true)]
    [InlineData("53300", true)]
    [InlineData("25006", true)]
    [InlineData("57P03", true)]
    [InlineData("23505", false)]
    [InlineData("57P01", false)]
    [InlineData("40003", false)]
    public void PostgreSql(string state, bool proves) =>
        Assert.Equal(proves, JournalErrors.ProveUnwritten(new PostgresException("it says", "ERROR", "ERROR", state)));

    [Theory(DisplayName = "A server that nobody could connect to has no row; a connection that was lost may have brought it")]
    [InlineData(SocketError.ConnectionRefused, true)]
    [InlineData(SocketError.ConnectionReset, false)]
    [InlineData(SocketError.TimedOut, false)]
    public void Connections(SocketError error, bool proves) =>
        Assert.Equal(proves, JournalErrors.ProveUnwritten(new NpgsqlException("it says", new SocketException((int)error))));

    [Fact(DisplayName = "What nobody knows proves nothing")]
    public void Unknown() => Assert.False(JournalErrors.ProveUnwritten(new TimeoutException("it says")));
}
