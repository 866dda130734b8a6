using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Checkpoint.Host.Configuration;
using Checkpoint.Host.Journal;
using Checkpoint.Tests.Tidy;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Checkpoint.Tests.Journal;

/// <summary>
/// What the whole design leans on: two writers of one persistence id cannot both succeed, nothing acknowledged is lost when writers
/// take turns, and a fenced write hurts nobody else. With the configuration that hosts run with, on both journals.
/// </summary>
public abstract partial class JournalSpecs(Config config) : TestKit(config)
{
    private const string Checkpoints = "akka.persistence.journal.sql";
    private const string Views = "akka.persistence.journal.views";
    private const int Others = 60;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected abstract bool IsFence(Exception cause);

    [Theory(DisplayName = "Of two writers of one persistence id the one that comes late is fenced and stops; the winner's event stands")]
    [InlineData(Checkpoints)]
    [InlineData(Views)]
    public async Task Late_writer_is_fenced(string plugin)
    {
        var first = await WriterAsync("fence", plugin, "");
        var late = await WriterAsync("fence", plugin, "");
        Watch(late);

        first.Tell("a");
        Assert.Equal("a", (await ExpectMsgAsync<Writer.Persisted>(Patience)).Text);
        late.Tell("b");
        var failed = await ExpectMsgAsync<Writer.Failed>(Patience);
        Assert.True(IsFence(failed.Cause), failed.Cause.ToString());
        await ExpectTerminatedAsync(late, Patience);

        await WriterAsync("fence", plugin, "a");
    }

    [Fact(DisplayName = "Events of writers that take turns (A, B, A) all come back: nothing acknowledged is filtered out")]
    public async Task Alternating_writers()
    {
        using var other = ActorSystem.Create("other", Sys.Settings.Config);
        var expected = "";
        for (var turn = 0; turn < 5; turn++)
        {
            var writer = (turn % 2 == 0 ? Sys : other).ActorOf(Writer.Props("turns", Checkpoints, TestActor));
            Assert.Equal(expected, (await ExpectMsgAsync<Writer.Recovered>(Patience)).Events);
            writer.Tell($"e{turn}");
            await ExpectMsgAsync<Writer.Persisted>(Patience);
            expected = $"{expected} e{turn}".TrimStart();
            await WatchAsync(writer);
            writer.Tell(PoisonPill.Instance);
            await ExpectTerminatedAsync(writer, Patience);
        }

        await WriterAsync("turns", Checkpoints, expected);
        await other.Terminate();
    }

    [Fact(DisplayName = "Fenced writes fail no write of anybody else, however many come at once, and open no circuit breaker")]
    public async Task Fence_hits_hurt_nobody()
    {
        var winner = await WriterAsync("busy", Checkpoints, "");
        var stale = new List<IActorRef>();
        for (var i = 0; i < 15; i++)
            stale.Add(await WriterAsync("busy", Checkpoints, ""));
        var others = new List<IActorRef>();
        for (var i = 0; i < Others; i++)
            others.Add(await WriterAsync($"other-{i}", Checkpoints, ""));
        winner.Tell("w");
        await ExpectMsgAsync<Writer.Persisted>(Patience);

        for (var i = 0; i < Others; i++)
        {
            others[i].Tell($"o{i}");
            if (i < stale.Count)
                stale[i].Tell("stale");
        }

        var answers = new List<object>();
        while (answers.Count < Others + stale.Count)
            answers.Add(await ExpectMsgAsync<object>(Patience));
        Assert.Equal(Others, answers.OfType<Writer.Persisted>().Count());
        Assert.All(answers.OfType<Writer.Failed>(), failed => Assert.Equal("stale", failed.Text));
        await WriterAsync("busy", Checkpoints, "w"); // A recovery, too, still works.
    }

    [Fact(DisplayName = "The warm-up works on both plugin instances and leaves one row for the host, however often it runs")]
    public async Task Warm_up()
    {
        for (var run = 0; run < 3; run++)
        {
            await JournalWarmUp.RunAsync(Sys, Checkpoints, "127.0.0.1:1").WaitAsync(Patience);
            await JournalWarmUp.RunAsync(Sys, Views, "127.0.0.1:1").WaitAsync(Patience);
        }

        Assert.InRange(await RowsAsync("warm-up-%"), 2, 4);
    }

    protected abstract Task<long> RowsAsync(string persistenceIdLike);

    protected static Config ConfigFor(string journal) =>
        ConfigurationFactory.ParseString("akka.actor.provider = local\nakka.loggers = [\"Akka.Event.DefaultLogger, Akka\"]\nakka.loglevel = WARNING\nakka.stdout-logger-class = \"\"")
            .WithFallback(HostConfiguration.From(
                ConfigurationFactory.ParseString(journal)
                    .WithFallback(ConfigurationFactory.ParseString("checkpoint.journal.file = \"\""))
                    .WithFallback(new HoconFiles([]).Load(Repository.PathOf("hocon/node1.conf")))).Akka);

    private async Task<IActorRef> WriterAsync(string persistenceId, string plugin, string recovered)
    {
        var writer = Sys.ActorOf(Writer.Props(persistenceId, plugin, TestActor));
        Assert.Equal(recovered, (await ExpectMsgAsync<Writer.Recovered>(Patience)).Events);
        return writer;
    }
}

public sealed class SqliteJournalSpecs : JournalSpecs
{
    private readonly string _file;

    public SqliteJournalSpecs()
        : this(Path.Combine(Directory.CreateTempSubdirectory("ckpt-").FullName, "journal.db"))
    {
    }

    private SqliteJournalSpecs(string file)
        : base(Prepared(file)) => _file = file;

    protected override bool IsFence(Exception cause) => cause is SqliteException { SqliteExtendedErrorCode: 2067 };

    protected override async Task<long> RowsAsync(string persistenceIdLike)
    {
        await using var connection = new SqliteConnection($"Data Source={_file};Pooling=False");
        await connection.OpenAsync();
        var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM journal WHERE persistence_id LIKE @id";
        command.Parameters.AddWithValue("@id", persistenceIdLike);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        SqliteConnection.ClearAllPools();
        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
    }

    private static Config Prepared(string file)
    {
        var config = ConfigFor($"checkpoint.journal.file = \"{file}\"");
        SqliteFile.Prepare(file, config.GetString("akka.persistence.journal.sql.connection-string"));
        return config;
    }
}

/// <summary>One server for the class; each test has a database of its own in it.</summary>
public sealed partial class PostgreSqlJournalSpecs(PostgreSqlServer server) : JournalSpecs(Prepared(server)), IClassFixture<PostgreSqlServer>
{
    protected override bool IsFence(Exception cause) => cause is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    protected override async Task<long> RowsAsync(string persistenceIdLike)
    {
        await using var source = NpgsqlDataSource.Create(Sys.Settings.Config.GetString("akka.persistence.journal.sql.connection-string"));
        await using var command = source.CreateCommand("SELECT count(*) FROM journal WHERE persistence_id LIKE $1");
        command.Parameters.AddWithValue(persistenceIdLike);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The next test has another database and so other pools: idle connections of all of them would exceed what the server takes.</summary>
    protected override void AfterAll()
    {
        base.AfterAll();
        NpgsqlConnection.ClearAllPools();
    }

    private static Config Prepared(PostgreSqlServer server)
    {
        var database = $"d{Guid.NewGuid():N}";
        using (var source = NpgsqlDataSource.Create(server.ConnectionString))
        using (var command = source.CreateCommand($"CREATE DATABASE {database}"))
            command.ExecuteNonQuery();

        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database, MaxPoolSize = 20 };
        return ConfigFor($"checkpoint.journal.kind = postgresql\ncheckpoint.journal.connection-string = \"{connection.ConnectionString}\"");
    }
}
