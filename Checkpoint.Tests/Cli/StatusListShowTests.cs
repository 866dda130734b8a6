using Checkpoint.Cli;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cli;

public sealed class StatusListShowTests
{
    [Fact(DisplayName = "status shows view, journal, nodes, who orders what, and clients")]
    public async Task Status_text()
    {
        await using var host = FakeGateway.Answering(Samples.Answer);

        var run = await CliRun.OfAsync("status", "--socket", host.Path);

        Assert.Equal(
            """
            view 3, serving; answered by node1
            journal ok
            checkpoints 1, memory 2 KiB of 1 GiB
            checkpoint.gateway.clients-max 64, lowered from 512; RLIMIT_NOFILE = 512
            checkpoint.replication.memory-max 2 GiB; no limit

            NODE   ADDRESS         MEMBER  REACHABILITY  IN VIEW  ORDERS  CHECKPOINTS ORDERED
            node1  127.0.0.1:4711  Up      reachable     yes           1  words
            node2  127.0.0.1:4712  Up      unreachable   yes           0

            CLIENT     HANDLES  SESSION
            worker 12        2  00000001000000000000000000000000

            """,
            run.Out);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
    }

    [Theory(DisplayName = "status shows limits of clients as numbers, limits of bytes as sizes")]
    [InlineData("checkpoint.sessions.sessions-max", 4096, "checkpoint.sessions.sessions-max 2048, lowered from 4096; RLIMIT_NOFILE = 4480")]
    [InlineData("checkpoint.gateway.clients-max", 4096, "checkpoint.gateway.clients-max 2048, lowered from 4096; RLIMIT_NOFILE = 4480")]
    [InlineData("checkpoint.sessions.in-flight-node-max", 4096, "checkpoint.sessions.in-flight-node-max 2 KiB, lowered from 4 KiB; RLIMIT_NOFILE = 4480")]
    public async Task Limits(string key, long configured, string line)
    {
        await using var host = FakeGateway.Answering(command => command is SessionProtocol.GetNodeLimits
            ? new SessionProtocol.NodeLimits([new(key, configured, configured / 2, "RLIMIT_NOFILE = 4480")])
            : Samples.Answer(command));

        var run = await CliRun.OfAsync("status", "--socket", host.Path);

        Assert.Contains(line, run.Out.Split('\n'));
    }

    [Fact(DisplayName = "status --json has the documented members")]
    public async Task Status_json()
    {
        await using var host = FakeGateway.Answering(Samples.Answer);

        var run = await CliRun.OfAsync("status", "--json", "--socket", host.Path);

        Assert.Equal(
            """
            {
              "node": "node1",
              "host": "127.0.0.1:4711#77",
              "view": 3,
              "serving": true,
              "journal": "ok",
              "journalAway": false,
              "checkpoints": 1,
              "bytesUsed": 2048,
              "bytesMax": 1073741824,
              "setAside": [],
              "limits": [
                {
                  "key": "checkpoint.gateway.clients-max",
                  "configured": 512,
                  "effective": 64,
                  "bound": "RLIMIT_NOFILE = 512"
                },
                {
                  "key": "checkpoint.replication.memory-max",
                  "configured": 2147483648,
                  "effective": 2147483648,
                  "bound": "no limit"
                }
              ],
              "nodes": [
                {
                  "node": "node1",
                  "host": "127.0.0.1:4711#77",
                  "address": "127.0.0.1:4711",
                  "memberStatus": "Up",
                  "reachability": "reachable",
                  "inView": true,
                  "orders": 1,
                  "orderedCheckpoints": [
                    "words"
                  ]
                },
                {
                  "node": "node2",
                  "host": "127.0.0.1:4712#5",
                  "address": "127.0.0.1:4712",
                  "memberStatus": "Up",
                  "reachability": "unreachable",
                  "inView": true,
                  "orders": 0,
                  "orderedCheckpoints": []
                }
              ],
              "sessions": [
                {
                  "session": "00000001000000000000000000000000",
                  "client": "worker 12",
                  "handles": 2
                }
              ]
            }

            """,
            run.Out);
    }

    [Fact(DisplayName = "status says that the journal is away, and what waits for it")]
    public async Task Status_without_journal()
    {
        await using var host = FakeGateway.Answering(command =>
            command is SessionProtocol.GetNodeStatus ? Samples.Status with { Journal = "sqlite", JournalAway = true } : Samples.Answer(command));

        var text = await CliRun.OfAsync("status", "--socket", host.Path);
        var json = await CliRun.OfAsync("status", "--json", "--socket", host.Path);

        Assert.Contains(
            "\njournal sqlite, away: create, unlink, first open, last close and changes of view wait; reads and updates go on\n", text.Out, StringComparison.Ordinal);
        Assert.Contains("\"journal\": \"sqlite\",\n  \"journalAway\": true,\n", json.Out, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "status, list and show say that a checkpoint is set aside")]
    public async Task Set_aside()
    {
        await using var host = FakeGateway.Answering(command => command switch
        {
            SessionProtocol.ListCheckpoints => new SessionProtocol.CheckpointList([Samples.Row with { SetAside = true }]),
            SessionProtocol.ShowCheckpoint => Samples.Detail with { SetAside = true },
            _ => Samples.Answer(command),
        });

        Assert.Contains("\nset aside 1: words\n", (await CliRun.OfAsync("status", "--socket", host.Path)).Out, StringComparison.Ordinal);
        Assert.Contains("linked, set aside\n", (await CliRun.OfAsync("list", "--socket", host.Path)).Out, StringComparison.Ordinal);
        Assert.Contains("set aside: an update could not be applied", (await CliRun.OfAsync("show", "words", "--socket", host.Path)).Out, StringComparison.Ordinal);
        Assert.Contains("\"setAside\": [\n    \"words\"\n  ]", (await CliRun.OfAsync("status", "--json", "--socket", host.Path)).Out, StringComparison.Ordinal);
        Assert.Contains("\"setAside\": true", (await CliRun.OfAsync("list", "--json", "--socket", host.Path)).Out, StringComparison.Ordinal);
        Assert.Contains("\"setAside\": true", (await CliRun.OfAsync("show", "words", "--json", "--socket", host.Path)).Out, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "status still shows the view of a host that does not serve and refuses the list")]
    public async Task Status_without_list()
    {
        await using var host = new FakeGateway(request => request.Command is SessionProtocol.GetNodeStatus
            ? [new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: Samples.Status with { Serving = false })]
            : [new SessionProtocol.Answer(request.Id, AisStatus.Unavailable, "no lease")]);

        var run = await CliRun.OfAsync("status", "--socket", host.Path);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith("view 3, not serving;", run.Out);
    }

    [Fact(DisplayName = "list prints a line for each checkpoint, with --json an array")]
    public async Task List()
    {
        await using var host = FakeGateway.Answering(Samples.Answer);

        var text = await CliRun.OfAsync("list", "--socket", host.Path);
        var json = await CliRun.OfAsync("list", "--socket", host.Path, "--json");

        Assert.Equal(
            """
            NAME   KIND                       SECTIONS   SIZE  ORDERER  STATE
            words  active-replica+collocated         2  2 KiB  node1    linked

            """,
            text.Out);
        Assert.Equal(
            """
            [
              {
                "name": "words",
                "incarnation": "00112233445566778899aabbccddeeff",
                "unlinked": false,
                "kind": "active-replica+collocated",
                "CreationFlags": 10,
                "NumSections": 2,
                "UsedSize": 2048,
                "orderer": "node1",
                "setAside": false
              }
            ]

            """,
            json.Out);
    }

    [Fact(DisplayName = "show --json uses the attribute names of the AIS information model")]
    public async Task Show_json()
    {
        await using var host = FakeGateway.Answering(Samples.Answer);

        var run = await CliRun.OfAsync("show", "words", "--json", "--socket", host.Path);

        Assert.Equal(
            """
            {
              "safCkpt": "words",
              "incarnation": "00112233445566778899aabbccddeeff",
              "kind": "active-replica+collocated",
              "CreationTimestamp": 1700000000000000000,
              "CreationFlags": 10,
              "Size": 4096,
              "UsedSize": 2048,
              "RetDuration": 9223372036854775807,
              "MaxSections": 16,
              "MaxSectionSize": 1024,
              "MaxSectionIdSize": 32,
              "NumOpeners": 3,
              "NumReaders": 2,
              "NumWriters": 1,
              "NumReplicas": 2,
              "NumSections": 2,
              "NumCorruptSections": 0,
              "position": 41,
              "orderer": "node1",
              "setAside": false,
              "replicas": [
                {
                  "safReplica": "node1",
                  "IsActive": true,
                  "isFull": true
                },
                {
                  "safReplica": "node2",
                  "IsActive": false,
                  "isFull": false
                }
              ]
            }

            """,
            run.Out);
        Assert.Equal([new SessionProtocol.ShowCheckpoint(Samples.Words)], host.Received);
    }

    [Fact(DisplayName = "show is readable: durations and times in words")]
    public async Task Show_text()
    {
        await using var host = FakeGateway.Answering(Samples.Answer);

        var run = await CliRun.OfAsync("show", "words", "--socket", host.Path);

        Assert.StartsWith("words\n  CreationTimestamp    2023-11-14T22:13:20.000Z\n  CreationFlags        10 (active-replica+collocated)\n", run.Out);
        Assert.Contains("  RetDuration          forever\n", run.Out);
        Assert.EndsWith("safReplica  IsActive  full\nnode1       yes       yes\nnode2       no        being filled\n", run.Out);
    }
}
