using Checkpoint.Protocol;
using Checkpoint.Tests.Cli;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Tests.Native;

/// <summary>
/// The C library's bytes against the golden file that the C# codec is held to: a C program makes the calls, a stand-in for the host compares
/// each request with the golden one and answers with golden answers.
/// </summary>
public sealed class GoldenCallsTests
{
    /// <summary>Hex digits of a request before its command: type, id, budget.</summary>
    private const int CommandAt = 2 * (1 + 8 + 8);

    /// <summary>How many descriptors the library asks for at a time is its own affair.</summary>
    private const int CountDigits = 8;

    private static readonly string[] Asked =
    [
        "request-Open", "request-open-existing", "request-change-CreateSection", "request-change-SetExpiration", "request-change-Write",
        "request-change-Overwrite", "request-Read", "request-change-DeleteSection", "request-GetStatus", "request-SetRetention",
        "request-SetActiveReplica", "request-Synchronize", "request-Unlink", "request-IterationInitialize", "request-IterationNext",
        "request-IterationFinalize", "request-Track",
    ];

    private static readonly Dictionary<string, string> Golden = File
        .ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Protocol", "Sessions", "session-golden.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => words[1]);

    [Fact(DisplayName = "The C library sends the golden requests and understands the golden answers and pushes")]
    public async Task Both_directions()
    {
        await using var host = new FakeGateway(Replies);

        var run = await NativeRun.OfAsync(NativeBuild.PathOf("golden_calls"), [], host.Path, TimeSpan.FromSeconds(60));

        Assert.Equal(
            """
            version B.2.3
            refused 12
            read 010203ff and 0 bytes
            status flags=1 size=8192 retention=60000000000 sections-max=8 section-max=1024 id-max=32 sections=2 used=1000
            section 7331 expiration=9223372036854775807 size=4 state=1 update=1700000000000000000
            changed id=7331 offset=5 size=6 id= offset=0 size=0
            done

            """,
            run.Out + run.Error);
        var commands = host.Received.OfType<Command>().ToList();
        Assert.Equal(Asked.Select(Expected), commands.Take(Asked.Length).Select(Sent));
        Assert.Contains(new Close(3), commands);
    }

    private static IEnumerable<IMessage?> Replies(Request request)
    {
        var answer = (Answer)Message(request.Command switch
        {
            Open { Attributes: not null } => "answer-Opened",
            Open => "answer-refused",
            Change { Op: ContentOp.CreateSection } => "answer-SectionCreated",
            GetStatus => "answer-Status",
            Read => "answer-Data",
            IterationInitialize => "answer-IterationOpened",
            IterationNext => "answer-Sections",
            _ => "answer-plain",
        }) with { Id = request.Id };
        return request.Command is Track { On: true } ? [answer, Message("changed"), Message("gap")] : [answer];
    }

    private static IMessage Message(string name) => SessionCodec.Read(Convert.FromHexString(Golden[name]));

    private static string Expected(string name) => name == "request-IterationNext" ? Golden[name][CommandAt..^CountDigits] : Golden[name][CommandAt..];

    /// <summary>The codec writes what it has read, byte for byte: its own test says so.</summary>
    private static string Sent(Command command)
    {
        var bytes = Convert.ToHexStringLower(SessionCodec.Encode(new Request(0, 0, command)))[CommandAt..];
        return command is IterationNext ? bytes[..^CountDigits] : bytes;
    }
}
