using Checkpoint.Cli;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cli;

public sealed class DumpPutTests
{
    [Fact(DisplayName = "dump of named sections is their bytes and nothing else, in the order named")]
    public async Task Dump_named()
    {
        await using var host = FakeGateway.Answering(Samples.Answer);

        var run = await CliRun.OfAsync("dump", "words", "b", "", "--socket", host.Path);

        Assert.Equal([(byte)'x', (byte)'y', (byte)'z', 0, 255], run.Bytes);
        var read = Assert.Single(host.Received.OfType<SessionProtocol.Read>());
        Assert.Equal([new SectionId("b"), SectionId.Default], read.Elements.Select(element => element.Id));
    }

    [Fact(DisplayName = "dump of everything is sorted by id and readable")]
    public async Task Dump_all()
    {
        await using var host = WithSections();

        var run = await CliRun.OfAsync("dump", "words", "--socket", host.Path);

        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            """
            section a\x0a  2 bytes  corrupted  updated 2023-11-14T22:13:20.000Z  expires 2023-11-14T22:15:00.000Z
            00000000  00 ff                                             |..|

            section b  3 bytes  valid  updated 2023-11-14T22:13:20.000Z
            00000000  78 79 7a                                          |xyz|

            """,
            run.Out);
    }

    [Fact(DisplayName = "dump --json has the bytes in base64; --raw has them as they are")]
    public async Task Dump_json_and_raw()
    {
        await using var host = WithSections();

        var json = await CliRun.OfAsync("dump", "words", "--json", "--socket", host.Path);
        await using var again = WithSections();
        var raw = await CliRun.OfAsync("dump", "words", "--raw", "--socket", again.Path);

        Assert.Equal(
            """
            {
              "safCkpt": "words",
              "sections": [
                {
                  "id": "a\\x0a",
                  "size": 2,
                  "state": "corrupted",
                  "lastUpdate": 1700000000000000000,
                  "expirationTime": 1700000100000000000,
                  "data": "AP8="
                },
                {
                  "id": "b",
                  "size": 3,
                  "state": "valid",
                  "lastUpdate": 1700000000000000000,
                  "expirationTime": 9223372036854775807,
                  "data": "eHl6"
                }
              ]
            }

            """,
            json.Out);
        Assert.Equal([0, 255, (byte)'x', (byte)'y', (byte)'z'], raw.Bytes);
    }

    [Fact(DisplayName = "A section that vanishes between listing and reading is left out of a dump")]
    public async Task Dump_vanished()
    {
        await using var host = WithSections(vanished: new SectionId("a\n"));

        var run = await CliRun.OfAsync("dump", "words", "--raw", "--socket", host.Path);

        Assert.Equal("xyz", run.Out);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
    }

    [Fact(DisplayName = "put overwrites a section that exists")]
    public async Task Put_overwrites()
    {
        await using var host = FakeGateway.Answering(Samples.Answer);

        var run = await CliRun.OfAsync("put", "words", "b", "--text", "hé", "--socket", host.Path);

        Assert.Equal("section b overwritten, 3 bytes\n", run.Out);
        var change = Assert.Single(host.Received.OfType<SessionProtocol.Change>());
        var overwrite = Assert.IsType<ContentOp.Overwrite>(change.Op);
        Assert.Equal("hé"u8.ToArray(), overwrite.Data.ToArray());
        Assert.Equal(new SessionProtocol.Open(Samples.Words, OpenFlags.Write, null), host.Received.First());
        Assert.IsType<SessionProtocol.Close>(host.Received.Last());
    }

    [Fact(DisplayName = "put creates what is not there, with the attributes of the options")]
    public async Task Put_creates()
    {
        await using var host = new FakeGateway(request => [request.Command switch
        {
            SessionProtocol.Open { Attributes: null } or SessionProtocol.Change { Op: ContentOp.Overwrite } =>
                new SessionProtocol.Answer(request.Id, AisStatus.NotExist, "not there"),
            SessionProtocol.Change => new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: new SessionProtocol.SectionCreated(new SectionId("s"))),
            var other => new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: Samples.Answer(other)),
        }]);

        var run = await CliRun.OfAsync(
            ["put", "new", "s", "--file", "-", "--kind", "active-replica-weak", "--collocated", "--retention", "5m", "--max-sections", "3", "--max-section-size", "4k", "--json", "--socket", host.Path],
            "from standard input",
            CancellationToken.None);

        Assert.Equal(
            """
            {
              "safCkpt": "new",
              "id": "s",
              "size": 19,
              "checkpointCreated": true,
              "sectionCreated": true
            }

            """,
            run.Out);
        var open = host.Received.OfType<SessionProtocol.Open>().Last();
        Assert.Equal(OpenFlags.Write | OpenFlags.Create, open.Flags);
        Assert.Equal(
            new CreationAttributes(
                CreationFlags.WriteActiveReplicaWeak | CreationFlags.Collocated, 3 * 4096, 300 * AisTime.NanosecondsPerSecond, 3, 4096, 256),
            open.Attributes);
        var create = Assert.IsType<ContentOp.CreateSection>(host.Received.OfType<SessionProtocol.Change>().Last().Op);
        Assert.Equal(AisTime.End, create.ExpirationTime);
    }

    [Fact(DisplayName = "put gives a created section its time to live")]
    public async Task Put_expires()
    {
        await using var host = new FakeGateway(request => [request.Command is SessionProtocol.Change { Op: ContentOp.Overwrite }
            ? new SessionProtocol.Answer(request.Id, AisStatus.NotExist)
            : new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: Samples.Answer(request.Command))]);
        var before = AisTime.Now(TimeProvider.System);

        await CliRun.OfAsync("put", "words", "s", "--text", "x", "--expires", "1h", "--socket", host.Path);

        var create = Assert.IsType<ContentOp.CreateSection>(host.Received.OfType<SessionProtocol.Change>().Last().Op);
        Assert.InRange(create.ExpirationTime - before, 3600 * AisTime.NanosecondsPerSecond, 3660 * AisTime.NanosecondsPerSecond);
    }

    [Theory(DisplayName = "put that cannot read its data sends nothing")]
    [InlineData(ExitCode.Usage, "put needs exactly one of --file and --text")]
    [InlineData(ExitCode.Usage, "put needs exactly one of --file and --text", "--file", "x", "--text", "y")]
    [InlineData(ExitCode.LocalFile, "/nowhere/x cannot be read", "--file", "/nowhere/x")]
    [InlineData(ExitCode.Usage, "checkpoint size 5120 is above max-sections 2 x max-section-size 1024", "--text", "y", "--size", "5k", "--max-sections", "2", "--max-section-size", "1k")]
    public async Task Put_without_data(int exitCode, string message, params string[] options)
    {
        await using var host = FakeGateway.Answering(Samples.Answer);

        var run = await CliRun.OfAsync(["put", "words", "s", .. options, "--socket", host.Path]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith($"checkpoint: {message}", run.Error);
        Assert.Empty(host.Received);
    }

    private static FakeGateway WithSections(SectionId? vanished = null)
    {
        var iterated = false;
        return new FakeGateway(request =>
        {
            switch (request.Command)
            {
                case SessionProtocol.IterationNext when iterated:
                    return [new SessionProtocol.Answer(request.Id, AisStatus.NoSections)];
                case SessionProtocol.IterationNext:
                    iterated = true;
                    return [new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: new SessionProtocol.Sections(Samples.Sections))];
                case SessionProtocol.Read read when vanished is { } gone && read.Elements.Any(element => element.Id == gone):
                    var index = read.Elements.ToList().FindIndex(element => element.Id == gone);
                    return [new SessionProtocol.Answer(request.Id, AisStatus.NotExist, "gone", index)];
                default:
                    return [new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: Samples.Answer(request.Command))];
            }
        });
    }
}
