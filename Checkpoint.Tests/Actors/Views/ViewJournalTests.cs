using Akka.Actor;
using Akka.Configuration;
using Checkpoint.Actors.Configuration;
using Checkpoint.Actors.Views;
using Checkpoint.Tests.Cluster;
using static Checkpoint.Actors.Views.ViewJournalProtocol;

namespace Checkpoint.Tests.Actors.Views;

/// <summary>Two systems, as two hosts, on one SQLite file.</summary>
public sealed class ViewJournalTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TestJournal _file = new();
    private ActorSystem _systemA = null!;
    private ActorSystem _systemB = null!;
    private IActorRef _a = null!;
    private IActorRef _b = null!;

    public Task InitializeAsync()
    {
        (_systemA, _systemB) = (StartSystem("a"), StartSystem("b"));
        _a = _systemA.ActorOf(ViewJournal.Props(TimeSpan.FromSeconds(30)));
        _b = _systemB.ActorOf(ViewJournal.Props(TimeSpan.FromSeconds(30)));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _systemA.Terminate();
        await _systemB.Terminate();
        _file.Dispose();
    }

    [Fact(DisplayName = "An empty journal has no rows; a row that was appended is read by the other host")]
    public async Task Append_then_read()
    {
        Assert.Empty((await Ask<Rows>(_a, Read.Instance)).Kept);
        var appended = await Ask<Appended>(_a, new Append(Row(1, "a")));
        Assert.True(appended.Won);
        Assert.Equal(["1a"], Text((await Ask<Rows>(_b, Read.Instance)).Kept));
    }

    [Fact(DisplayName = "Of two hosts that offer the same number exactly one wins, and both name the winner's row")]
    public async Task One_proposer_wins()
    {
        await Ask<Rows>(_a, Read.Instance);
        await Ask<Rows>(_b, Read.Instance);
        for (var number = 1; number <= 20; number++)
        {
            var answers = await Task.WhenAll(Ask<Appended>(_a, new Append(Row(number, "a"))), Ask<Appended>(_b, new Append(Row(number, "b"))));
            Assert.Single(answers, answer => answer.Won);
            Assert.True(answers[0].InJournal!.IsSameAs(answers[1].InJournal!));
            Assert.Equal(number, answers[0].InJournal!.Number);
        }

        var kept = (await Ask<Rows>(_a, Read.Instance)).Kept;
        Assert.Equal(Enumerable.Range(1, 20).Select(number => (long)number), kept.Select(row => row.Number));
    }

    [Fact(DisplayName = "Writers that alternate lose none of each other's rows (the default replay filter would drop them)")]
    public async Task Alternating_writers()
    {
        foreach (var (number, host, name) in new[] { (1, _a, "a"), (2, _b, "b"), (3, _a, "a"), (4, _b, "b"), (5, _a, "a") })
            Assert.True((await Ask<Appended>(host, new Append(Row(number, name)))).Won);

        Assert.Equal(["1a", "2b", "3a", "4b", "5a"], Text((await Ask<Rows>(_b, Read.Instance)).Kept));
    }

    [Fact(DisplayName = "The same row offered again has won; a row past a hole is refused")]
    public async Task Again_and_a_hole()
    {
        Assert.True((await Ask<Appended>(_a, new Append(Row(1, "a")))).Won);
        Assert.True((await Ask<Appended>(_a, new Append(Row(1, "a")))).Won);
        var away = await Ask<Away>(_a, new Append(Row(3, "a")));
        Assert.Equal(3, away.Number);
        Assert.Contains("ends at view 1", away.Reason);
    }

    [Fact(DisplayName = "The journal of views does not grow: the newest rows stay, an older number is still taken")]
    public async Task Old_rows_go()
    {
        for (var number = 1; number <= 65; number++)
            Assert.True((await Ask<Appended>(_a, new Append(Row(number, "a")))).Won);

        var kept = (await Ask<Rows>(_b, Read.Instance)).Kept;
        Assert.InRange(kept.Count, 2, 2 * ViewRows.KeptMax);
        Assert.Equal(65, kept[^1].Number);
        Assert.True(kept[0].Number > 1);
        var old = await Ask<Appended>(_b, new Append(Row(1, "b")));
        Assert.Equal((false, null), (old.Won, old.InJournal));
    }

    private static async Task<T> Ask<T>(IActorRef journal, object command) =>
        Assert.IsType<T>(await journal.Ask<object>(command, Patience));

    private static ViewRow Row(long number, string text) => new(number, System.Text.Encoding.ASCII.GetBytes(text));

    private static IEnumerable<string> Text(IEnumerable<ViewRow> rows) =>
        rows.Select(row => row.Number + System.Text.Encoding.ASCII.GetString(row.Encoded.Span));

    private ActorSystem StartSystem(string name) => ActorSystem.Create(name, ConfigurationFactory
        .ParseString("akka.loglevel = WARNING")
        .WithFallback(_file.Config)
        .WithFallback(CheckpointReference.Actors()));
}
