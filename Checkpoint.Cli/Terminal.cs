using System.Text;
using Checkpoint.Cli.Streams;

namespace Checkpoint.Cli;

/// <summary>Everything of the process that a command touches, so that a test can stand in for it.</summary>
/// <param name="output">Data only: results, and nothing else.</param>
/// <param name="error">Progress and messages.</param>
public sealed class Terminal(
    Stream output, TextWriter error, Stream input, bool outputIsTerminal, bool errorIsTerminal, Func<string, string?> environment, TimeProvider clock,
    Func<CancellationToken>? readerGone = null)
{
    /// <summary>Raw section bytes go here; flush <see cref="Out"/> before.</summary>
    public Stream Output { get; } = output;

    /// <summary>Text for <see cref="Output"/>, UTF-8 without a mark, flushed by <see cref="Flush"/>.</summary>
    public TextWriter Out { get; } = new StreamWriter(output, new UTF8Encoding(false), 16 * 1024, leaveOpen: true) { NewLine = "\n" };

    public TextWriter Error { get; } = error;

    public Stream Input { get; } = input;

    /// <summary>Progress that rewrites its line is for people only.</summary>
    public bool ErrorIsTerminal { get; } = errorIsTerminal;

    /// <summary>True on a terminal that is not dumb, unless NO_COLOR is set (no-color.org).</summary>
    public bool UseColour { get; } = outputIsTerminal && string.IsNullOrEmpty(environment("NO_COLOR")) && environment("TERM") != "dumb";

    public TimeProvider Clock { get; } = clock;

    /// <summary>Cancelled when nobody will read <see cref="Output"/> any more; for commands that write only now and then.</summary>
    public CancellationToken ReaderGone() => readerGone?.Invoke() ?? CancellationToken.None;

    public static Terminal OfProcess() => new(
        StandardStreams.Output(),
        new StreamWriter(StandardStreams.Error(), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" },
        StandardStreams.Input(),
        !Console.IsOutputRedirected,
        !Console.IsErrorRedirected,
        Environment.GetEnvironmentVariable,
        TimeProvider.System,
        StandardStreams.OutputReaderGone);

    public string? Variable(string name) => environment(name);

    public void Flush()
    {
        Out.Flush();
        Output.Flush();
    }
}
