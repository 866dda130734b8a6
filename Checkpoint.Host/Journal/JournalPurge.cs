using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Akka.Event;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Host.Configuration;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Checkpoint.Host.Journal;

/// <summary>
/// Takes the last row of names that are gone out of the journal. An entity that ends without a checkpoint marks all its rows deleted,
/// and Akka.Persistence.Sql keeps the newest of them for its sequence number: a marked row that is the newest of its id belongs to an
/// absent name. Every host does it, at times of its own: a row that another host took is simply not there.
/// <para>
/// The row fences a writer that is late: its next sequence number is taken by whoever used the name since. Each command asks the agent
/// for its lease first, so only a host that stood still between that answer and its write, all the while, could come later than the row's age
/// (an hour at least); it was left out long before. The hosts forget a name's term in half of it, since without the row terms begin at 1
/// again. An entity in memory goes on with the number after its last one, whether that row is there or not.
/// </para>
/// </summary>
public sealed class JournalPurge(JournalOptions journal, TimeProvider clock, Random random, ILoggingAdapter log)
{
    /// <summary>A statement's rows: on SQLite all writers of all hosts wait while it deletes, some milliseconds.</summary>
    public const int RowsMax = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    // Only read here, so that looking through a large journal holds nobody up. `created` is in ticks of UTC by the writer's clock.
    private const string Find =
        """
        SELECT r.ordering FROM journal r
        WHERE r.ordering > @after AND r.deleted = @marked AND r.identifier = @serializer AND r.created < @before
          AND NOT EXISTS (SELECT 1 FROM journal n WHERE n.persistence_id = r.persistence_id AND n.sequence_number > r.sequence_number)
        ORDER BY r.ordering
        LIMIT @rows
        """;

    /// <summary>Purges every ten minutes, half of it more or less, until told to stop. A journal that is away costs a turn and a line in the log.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval * (0.5 + random.NextDouble()), clock, stop);
                await TurnAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The host ends.
        }
    }

    /// <returns>Rows that this call took away.</returns>
    /// <exception cref="DbException">The journal is away, or too busy.</exception>
    public async Task<int> PurgeAsync(CancellationToken stop)
    {
        var before = (clock.GetUtcNow() - journal.AbsentRowsKept).UtcTicks;
        await using DbConnection connection = journal.IsSqlite
            ? new SqliteConnection(journal.ConnectionString)
            : PostgreSql(journal.ConnectionString);
        await connection.OpenAsync(stop);

        var (purged, after) = (0, 0L);
        while (await FindAsync(connection, after, before, stop) is { Count: > 0 } rows)
        {
            purged += await DeleteAsync(connection, rows, stop);
            after = rows[^1];
        }

        return purged;
    }

    private async Task TurnAsync(CancellationToken stop)
    {
        try
        {
            if (await PurgeAsync(stop) is > 0 and var purged)
                log.Info("purged the rows of {0} names that are absent for {1}", purged, journal.AbsentRowsKept);
        }
        catch (DbException e)
        {
            log.Warning("rows of absent names stay in the journal until the next turn: {0}", e.Message.ReplaceLineEndings(" "));
        }
    }

    /// <summary>Not part of its caller: a host with SQLite would load Npgsql for it, minutes after its start.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DbConnection PostgreSql(string connectionString) => new NpgsqlConnection(connectionString);

    private static async Task<List<long>> FindAsync(DbConnection connection, long after, long before, CancellationToken stop)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Find;
        Add("@after", after);
        Add("@marked", true);
        Add("@serializer", CheckpointJournalSerializer.Id);
        Add("@before", before);
        Add("@rows", RowsMax);

        List<long> rows = [];
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
            rows.Add(reader.GetInt64(0));
        return rows;

        void Add(string name, object value)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
    }

    /// <summary>By the table's own key, which is never given twice; a marked row holds nothing that anybody replays, so none needs a second look.</summary>
    private static async Task<int> DeleteAsync(DbConnection connection, List<long> rows, CancellationToken stop)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"DELETE FROM journal WHERE ordering IN ({string.Join(',', rows.Select(row => row.ToString(CultureInfo.InvariantCulture)))})";
        return await command.ExecuteNonQueryAsync(stop);
    }
}
