using Akka.Actor;
using Akka.Event;
using Checkpoint.Host.Configuration;
using Checkpoint.Host.Journal;
using Checkpoint.Tests.Cluster;
using Microsoft.Extensions.Time.Testing;

namespace Checkpoint.Tests.Journal;

/// <summary>The rows that names leave behind, and who takes them away when.</summary>
public abstract partial class JournalSpecs
{
    private const int Names = 2 * JournalPurge.RowsMax + 1;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    [Fact(DisplayName = "Names without number leave one row each; after an hour, not earlier, the journal is where it was, whoever purges")]
    public async Task Absent_rows_are_purged()
    {
        List<IActorRef> names = [];
        for (var i = 0; i < Names; i++)
            names.Add(await NameAsync($"{i}"));
        names.ForEach(name => name.Tell(NameWriter.ComeAndGo.Instance));
        for (var i = 0; i < Names; i++)
            await ExpectMsgAsync<NameWriter.Done>(Patience);
        Assert.Equal(Names, await RowsAsync("checkpoint-%"));

        Assert.Equal(0, await Purge().PurgeAsync(default));
        Clock.Advance(Kept - TimeSpan.FromMinutes(5)); // Minutes: the test itself takes time.
        Assert.Equal(0, await Purge().PurgeAsync(default));
        Assert.Equal(Names, await RowsAsync("checkpoint-%"));

        Clock.Advance(TimeSpan.FromMinutes(10));
        var purged = await Task.WhenAll(Task.Run(() => Purge().PurgeAsync(default)), Task.Run(() => Purge().PurgeAsync(default)));
        Assert.Equal(Names, purged.Sum());
        Assert.Equal(0, await RowsAsync("checkpoint-%"));
        Assert.Equal(0, await Purge().PurgeAsync(default));
    }

    [Fact(DisplayName = "A name in use keeps its rows however old, as do views and the warm-up")]
    public async Task Rows_in_use_stay()
    {
        var open = await NameAsync("open");
        open.Tell(NameWriter.Come.Instance);
        await ExpectMsgAsync<NameWriter.Done>(Patience);
        var shortened = await NameAsync("shortened");
        shortened.Tell(NameWriter.Shorten.Instance);
        await ExpectMsgAsync<NameWriter.Done>(Patience);
        await JournalWarmUp.RunAsync(Sys, Checkpoints, "127.0.0.1:1").WaitAsync(Patience);
        await JournalWarmUp.RunAsync(Sys, Checkpoints, "127.0.0.1:1").WaitAsync(Patience);
        var view = await WriterAsync("checkpoint-views", Views, "");
        view.Tell("v");
        await ExpectMsgAsync<Writer.Persisted>(Patience);
        var rows = await RowsAsync("%");

        Clock.Advance(TimeSpan.FromDays(365));
        Assert.Equal(0, await Purge().PurgeAsync(default));

        Assert.Equal(rows, await RowsAsync("%"));
        await RecoveredAsync("open", "T C", 2);
        await RecoveredAsync("shortened", "K", 3);
    }

    [Fact(DisplayName = "A purged name begins anew and works; an entity that lived through the purge goes on with its next number")]
    public async Task Purged_names_live_again()
    {
        var alive = await NameAsync("alive");
        foreach (var name in new[] { alive, await NameAsync("gone") })
        {
            name.Tell(NameWriter.ComeAndGo.Instance);
            await ExpectMsgAsync<NameWriter.Done>(Patience);
        }

        Clock.Advance(Kept * 2);
        Assert.Equal(2, await Purge().PurgeAsync(default));

        alive.Tell(NameWriter.Come.Instance);
        await ExpectMsgAsync<NameWriter.Done>(Patience);
        await RecoveredAsync("alive", "T C", 6); // After the four that are gone.
        var again = await NameAsync("gone");
        again.Tell(NameWriter.Come.Instance);
        await ExpectMsgAsync<NameWriter.Done>(Patience);
        await RecoveredAsync("gone", "T C", 2);

        alive.Tell(NameWriter.Go.Instance);
        await ExpectMsgAsync<NameWriter.Done>(Patience);
        Assert.Equal(1, await RowsAsync("checkpoint-nalive"));
        Assert.Equal(1, await Purge().PurgeAsync(default));
        await RecoveredAsync("gone", "T C", 2);
    }

    [Fact(DisplayName = "A host purges by itself, every ten minutes or so, also after a time in which the journal was away")]
    public async Task Purges_from_time_to_time()
    {
        var name = await NameAsync("name");
        name.Tell(NameWriter.ComeAndGo.Instance);
        await ExpectMsgAsync<NameWriter.Done>(Patience);
        Clock.Advance(Kept * 2);
        using var stop = new CancellationTokenSource();
        var away = Options with { ConnectionString = Options.IsSqlite ? "Data Source=/nowhere/journal.db" : "Host=/nowhere;Username=nobody" };

        var warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(warnings, typeof(Warning));
        var others = new JournalPurge(away, Clock, new Random(1), Sys.Log).RunAsync(stop.Token);
        for (var turn = 0; turn < 2; turn++)
        {
            await PassAsync("a warning", () => Task.FromResult(warnings.HasMessages));
            Assert.Contains("until the next turn", (await warnings.ExpectMsgAsync<Warning>(Patience)).Message.ToString(), StringComparison.Ordinal);
        }

        Assert.False(others.IsCompleted, "one bad turn was its last");
        var purging = Purge().RunAsync(stop.Token);
        Assert.Equal(1, await RowsAsync("checkpoint-%"));
        await PassAsync("a purge", async () => await RowsAsync("checkpoint-%") == 0);
        await stop.CancelAsync();
        await Task.WhenAll(others, purging).WaitAsync(Patience);
    }

    private JournalOptions Options => new(
        Sys.Settings.Config.GetString("checkpoint.journal.kind") == "sqlite",
        "",
        Sys.Settings.Config.GetString("akka.persistence.journal.sql.connection-string")) { AbsentRowsKept = Kept };

    private JournalPurge Purge() => new(Options, Clock, new Random(1), Sys.Log);

    /// <summary>Time passes until it is so.</summary>
    private Task PassAsync(string what, Func<Task<bool>> isSo) => Eventually.TrueAsync(what, async () =>
    {
        Clock.Advance(TimeSpan.FromMinutes(5));
        return await isSo();
    });

    private async Task<IActorRef> NameAsync(string name)
    {
        var writer = Sys.ActorOf(NameWriter.Props(name, TestActor));
        await ExpectMsgAsync<NameWriter.Recovered>(Patience);
        return writer;
    }

    /// <summary>What another run of the name finds in the journal.</summary>
    private async Task RecoveredAsync(string name, string manifests, long lastSequenceNr)
    {
        Sys.ActorOf(NameWriter.Props(name, TestActor));
        Assert.Equal(new NameWriter.Recovered(manifests, lastSequenceNr), await ExpectMsgAsync<NameWriter.Recovered>(Patience));
    }
}
