using Checkpoint.Cli;
using Checkpoint.Protocol;
using Checkpoint.Tests.Processes;

namespace Checkpoint.Tests.Cli;

/// <summary>The command line with an input that is closed or does not end, and with outputs that are closed, full, or that nobody reads.</summary>
[Collection(ProcessSpecs.Name)]
public sealed class StandardStreamTests
{
    /// <summary>Far above --timeout, far below "never" on a machine that does much else.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory(DisplayName = "put ends with a message when its input is closed, and when it does not end within --timeout")]
    [InlineData("exec \"$@\" <&-", "-", "standard input is closed")]
    [InlineData("mkfifo \"$FIFO\"; exec 3<>\"$FIFO\"; exec \"$@\" <&3", "-", "standard input has not ended within 500ms (--timeout); nothing was sent")]
    [InlineData("mkfifo \"$FIFO\"; exec \"$@\"", "$FIFO", "$FIFO has not ended within 500ms (--timeout); nothing was sent")]
    public async Task Put_without_an_end(string script, string file, string message)
    {
        await using var host = FakeGateway.Answering(Samples.Answer);
        using var fifo = new Fifo();

        await using var put = CliProcess.StartIn(
            fifo.In(script), "put", "words", "a", "--file", fifo.In(file), "--timeout", "500ms", "--socket", host.Path);

        Assert.Equal((ExitCode.LocalFile, "", $"checkpoint: {fifo.In(message)}\n"), await put.EndAsync(Patience));
        Assert.Empty(host.Received);
    }

    [Theory(DisplayName = "An output that cannot be written is exit code 5 and no stack trace; messages that cannot be written change no exit code")]
    [InlineData("\"$@\" >/dev/full", ExitCode.LocalFile, "checkpoint: the output cannot be written: No space left on device\n", "status")]
    [InlineData("\"$@\" >/dev/full", ExitCode.LocalFile, "checkpoint: the output cannot be written: No space left on device\n", "dump", "words", "a")]
    [InlineData("\"$@\" >/dev/full", ExitCode.LocalFile, "checkpoint: the output cannot be written: No space left on device\n", "--help")]
    [InlineData("\"$@\" >&-", ExitCode.LocalFile, "checkpoint: the output cannot be written: standard output is closed\n", "status")]
    [InlineData("\"$@\" >&-", ExitCode.LocalFile, "checkpoint: the output cannot be written: standard output is closed\n", "dump", "words", "a")]
    [InlineData("\"$@\" >&-", ExitCode.LocalFile, "checkpoint: the output cannot be written: standard output is closed\n", "watch", "words")]
    [InlineData("exec > >(exec true); wait $!; exec \"$@\"", ExitCode.LocalFile, "checkpoint: the output cannot be written: its reader has gone\n", "dump", "words", "a")]
    [InlineData("\"$@\" 2>/dev/full", ExitCode.Refused, "", "dump", "words", "refused")]
    [InlineData("\"$@\" 2>&-", ExitCode.Refused, "", "dump", "words", "refused")]
    [InlineData("\"$@\" 2>/dev/full", ExitCode.Usage, "", "nonsense")]
    [InlineData("\"$@\" <&- >&- 2>&-", ExitCode.Refused, "", "dump", "words", "refused")]
    public async Task Outputs(string script, int exitCode, string error, params string[] arguments)
    {
        await using var host = new FakeGateway(request => request.Command is SessionProtocol.Read { Elements: [{ Id: var section }] } && section.ToString() == "refused"
            ? [new SessionProtocol.Answer(request.Id, AisStatus.NotExist, "no such section")]
            : [new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: Samples.Answer(request.Command))]);

        await using var run = CliProcess.StartIn(script, [.. arguments, "--socket", host.Path]);

        Assert.Equal((exitCode, "", error), await run.EndAsync(Patience));
    }

    [Fact(DisplayName = "A watch ends with exit code 0 when the reader of its output has gone, without waiting for another change")]
    public async Task Watch_without_a_reader()
    {
        await using var host = new FakeGateway(request =>
        {
            var answer = new SessionProtocol.Answer(request.Id, AisStatus.Ok, Body: Samples.Answer(request.Command));
            return request.Command is SessionProtocol.Track
                ? [answer, new SessionProtocol.Changed(7, 1, [new SectionChange(SectionChangeKind.Deleted, new SectionId("a"), 0, 0)])]
                : [answer];
        });
        await using var watch = CliProcess.StartIn("\"$@\" | head -n 1; exit ${PIPESTATUS[0]}", "watch", "words", "--socket", host.Path);

        Assert.Equal((ExitCode.Ok, "       1  deleted      a\n", "watching words; Ctrl-C ends it\n"), await watch.EndAsync(Patience));
    }

    [Fact(DisplayName = "A signal ends a dump whose output nobody reads")]
    public async Task Signal_to_a_stuck_dump()
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = FakeGateway.Answering(command =>
        {
            if (command is not SessionProtocol.Read)
                return Samples.Answer(command);
            written.TrySetResult();
            return new SessionProtocol.Data([new byte[900_000]]); // Far more than a pipe holds.
        });
        using var fifo = new Fifo();
        await using var dump = CliProcess.StartIn(fifo.In("mkfifo \"$FIFO\"; exec 3<>\"$FIFO\"; exec \"$@\" >&3"), "dump", "words", "a", "--socket", host.Path);
        await written.Task.WaitAsync(Patience);

        Signals.Send(dump.Pid, Signal.Term);

        Assert.Equal((ExitCode.Interrupted, "", "checkpoint: interrupted\n"), await dump.EndAsync(Patience));
    }

    /// <summary>A place for a named pipe; scripts and expectations call it $FIFO.</summary>
    private sealed class Fifo : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("fifo-").FullName;

        public string In(string text) => text.Replace("$FIFO", Path.Combine(_directory, "f"), StringComparison.Ordinal);

        public void Dispose() => Directory.Delete(_directory, recursive: true);
    }
}
