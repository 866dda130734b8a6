using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Checkpoint.Actors.Configuration;
using Checkpoint.Host.Configuration;
using Checkpoint.Host.Journal;
using Checkpoint.Protocol;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static Checkpoint.Actors.Checkpoints.CheckpointProtocol;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

/// <summary>An entity over the SQLite journal that hosts of one machine use.</summary>
public sealed class CheckpointJournalTests : EntityTestKit
{
    private static readonly Opener OnA = Opener(A);
    private readonly string _file;

    public CheckpointJournalTests()
        : this(Path.Combine(Path.GetTempPath(), $"checkpoint-{Guid.NewGuid():N}.db"))
    {
    }

    private CheckpointJournalTests(string file)
        : base(JournalConfig(file)) => _file = file;

    [Fact(DisplayName = "Existence survives in the SQLite journal: attributes, retention and unlinked incarnations")]
    public async Task Recovery()
    {
        StartEntity();
        var old = await OpenedAsync(Some.Create(OnA));
        await DoneAsync(new Unlink(Name, 2, NoDeadline));
        var other = Attributes with { MaxSections = 9 };
        var one = await OpenedAsync(Some.Create(OnA with { Handle = 2 }, other, number: 3));
        await DoneAsync(new SetRetention(Name, 4, NoDeadline, one.Incarnation, 77));
        Registry(A).Opens = [new(old.Incarnation, OnA), new(one.Incarnation, OnA with { Handle = 2 })];

        await RestartEntityAsync();
        var described = Assert.IsType<Described>(await DescribeAsync());
        Assert.Equal((one.Incarnation, other, 77L), (described.Incarnation, described.Attributes, described.RetentionDuration));
        Assert.Equal(old.Incarnation, (await OpenedAsync(Some.Open(OnA with { Handle = 3 }, number: 5, reattach: old.Incarnation))).Incarnation);
    }

    [Fact(DisplayName = "Opens and closes without end keep few rows, and what they say stays")]
    public async Task Churn_of_opens()
    {
        Options = Options with { JournalRowsMax = 8 };
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA, Attributes with { RetentionDuration = AisTime.End }));
        for (ulong i = 1; i <= 60; i++)
        {
            await DoneAsync(Some.Close(one.Incarnation, OnA with { Handle = i }, number: i));
            await OpenedAsync(Some.Open(OnA with { Handle = i + 1 }, number: i));
        }

        await RestartEntityAsync();
        Assert.Equal(one.Incarnation, Assert.IsType<Described>(await DescribeAsync()).Incarnation);
        await EventuallyAsync(() => Rows() <= 12, "few rows");
    }

    [Fact(DisplayName = "Creating and unlinking one name without end leaves one row, and its entity ends itself through the shard; purged, the name begins anew")]
    public async Task Churn_of_names()
    {
        Options = Options with { AbsentLinger = TimeSpan.Zero };
        for (ulong i = 0; i < 5; i++)
        {
            StartEntity();
            var one = await OpenedAsync(Some.Create(OnA with { Handle = i }, number: i));
            await DoneAsync(new Unlink(Name, i, NoDeadline));
            await DoneAsync(Some.Close(one.Incarnation, OnA with { Handle = i }, number: i));
            Akka.Cluster.Sharding.Passivate? passivate = null;
            await EventuallyAsync(() => (passivate ??= Shard.HasMessages ? Shard.ReceiveOne(TimeSpan.Zero) as Akka.Cluster.Sharding.Passivate : null) is not null, "passivation");
            var watcher = CreateTestProbe();
            watcher.Watch(Entity);
            Entity.Tell(passivate!.StopMessage);
            await watcher.ExpectTerminatedAsync(Entity, Patience);
            Assert.Equal(1, Rows());
        }

        Assert.Empty(Agent.Lives);
        await PurgeAsync();
        Assert.Equal(0, Rows());
        StartEntity();
        await OpenedAsync(Some.Create(OnA));
    }

    [Fact(DisplayName = "Of two runs of one entity the journal lets one write; the other tells its caller and stops")]
    public async Task Fence()
    {
        StartEntity();
        var one = await OpenedAsync(Some.Create(OnA));
        Registry(A).Has(one.Incarnation, OnA);
        var stale = Entity;
        StartEntity();
        await DescribeAsync(); // The new run has its term in the journal.

        var watcher = CreateTestProbe();
        watcher.Watch(stale);
        var reply = await stale.Ask<IReply>(new Unlink(Name, 2, NoDeadline), Patience);
        Assert.Equal(AisStatus.Timeout, Assert.IsType<Refused>(reply).Status);
        await watcher.ExpectTerminatedAsync(stale, Patience);
        Assert.Equal(one.Incarnation, Assert.IsType<Described>(await DescribeAsync()).Incarnation);
        await DoneAsync(new Unlink(Name, 3, NoDeadline));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        SqliteConnection.ClearAllPools();
        foreach (var suffix in new[] { "", "-wal", "-shm" })
            File.Delete(_file + suffix);
    }

    private static Config JournalConfig(string file) => ConfigurationFactory.ParseString(
        $"""
        akka.persistence.journal.sql.connection-string = "Data Source={file};Default Timeout=10"
        akka.persistence.journal.sql.provider-name = "SQLite.MS"
        """).WithFallback(CheckpointReference.Persistence()).WithFallback(SqlPersistence.DefaultConfiguration);

    /// <summary>As a host does when the name has been absent for its hour.</summary>
    private async Task PurgeAsync()
    {
        var journal = new JournalOptions(true, _file, $"Data Source={_file};Default Timeout=10") { AbsentRowsKept = TimeSpan.FromHours(1) };
        var later = new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(2));
        await new JournalPurge(journal, later, new Random(1), Sys.Log).PurgeAsync(CancellationToken.None);
    }

    private long Rows()
    {
        using var connection = new SqliteConnection($"Data Source={_file};Default Timeout=10");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM journal";
        return (long)command.ExecuteScalar()!;
    }
}
