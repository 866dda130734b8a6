using Checkpoint.Host.Journal;
using Checkpoint.Host.Lifecycle;
using Checkpoint.Tests.Processes;
using Npgsql;

namespace Checkpoint.Tests.Journal;

/// <summary>A server that is there and says no: nothing that a host may do changes its mind.</summary>
public sealed partial class PostgreSqlJournalSpecs
{
    [Fact(DisplayName = "A host whose connection string the server refuses ends at once: exit code 2, one fault, no error of the plugin")]
    public async Task Refused_by_the_server()
    {
        await using var cluster = HostCluster.Of(1);
        var host = cluster.Start(
            0, "checkpoint.journal.kind=postgresql", "checkpoint.journal.file=", $"checkpoint.journal.connection-string={Elsewhere("Database=nowhere")};Password=geheim");

        Assert.Equal(ExitCode.BadConfiguration, await host.ExitCodeAsync());
        Assert.Equal(
            [
                "checkpointd: 1 fault(s) in the configuration:",
                "  checkpoint.journal.connection-string is refused by the server: 3D000: database \"nowhere\" does not exist",
            ],
            host.Log);
    }

    [Theory(DisplayName = "What a server refuses is told from one that is not there")]
    [InlineData("Database=nowhere", "3D000: ")]
    [InlineData("Username=nobody-here", "28000: ")]
    [InlineData("Client Encoding=klingon", "22023: ")]
    [InlineData("Timezone=Mars/Olympus", "22023: ")]
    [InlineData("Options=--bogus", "42601: ")]
    [InlineData("SSL Mode=Require", "SSL connection requested.")]
    [InlineData("Application Name=right", null)]
    [InlineData("Host=127.0.0.1;Port=1", null)]
    [InlineData("Host=127.0.0.1,127.0.0.2;Port=1", null)]
    [InlineData("Host=/no/such/directory", null)]
    public async Task Refusals(string more, string? refusal)
    {
        var said = await PostgreSqlDoor.RefusalAsync(Elsewhere(more), TimeProvider.System);
        if (refusal is null)
            Assert.Null(said);
        else
            Assert.StartsWith(refusal, said, StringComparison.Ordinal);
    }

    /// <param name="more">What is laid over the server's own string.</param>
    private string Elsewhere(string more) => new NpgsqlConnectionStringBuilder($"{server.ConnectionString};{more}").ConnectionString;
}
