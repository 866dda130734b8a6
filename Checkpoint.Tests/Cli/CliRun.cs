using System.Text;
using Checkpoint.Cli;

namespace Checkpoint.Tests.Cli;

/// <summary>One run of the command line inside the test process: its whole observable result.</summary>
public sealed record CliRun(int ExitCode, byte[] Bytes, string Error)
{
    public string Out => Encoding.UTF8.GetString(Bytes);

    public static Task<CliRun> OfAsync(params string[] arguments) => OfAsync(arguments, "", CancellationToken.None);

    public static async Task<CliRun> OfAsync(string[] arguments, string input, CancellationToken cancel, Dictionary<string, string>? environment = null)
    {
        var output = new MemoryStream();
        var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(
            output, error, new MemoryStream(Encoding.UTF8.GetBytes(input)), false, false, name => environment?.GetValueOrDefault(name), TimeProvider.System);
        var exitCode = await new CommandTree(terminal).RunAsync(arguments, cancel);
        return new CliRun(exitCode, output.ToArray(), error.ToString());
    }
}
