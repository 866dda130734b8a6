using System.CommandLine;
using System.CommandLine.Parsing;
using Checkpoint.Cli.Commands;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli;

/// <summary>The command line: the commands, the options that all have, and how an outcome becomes an exit code.</summary>
public sealed class CommandTree
{
    private const string ExitCodes =
        "Exit codes: 0 done; 1 refused by the service (SA_AIS_ERR_...); 2 wrong command line; 3 no host answers; "
        + "4 outcome unknown (TIMEOUT); 5 a local file; 70 a fault of this program; 77 no permission; 130 interrupted.";

    private readonly Terminal _terminal;
    private readonly Option<string?> _socket = new("--socket")
    {
        Description = "The host's Unix socket. Else: $CHECKPOINT_SOCKET, a host kept by run.sh --keep, /run/checkpoint/checkpoint.sock",
        HelpName = "PATH",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON (docs/CLI.md has the shapes)", Recursive = true };
    private readonly ValueOption<long> _timeout = Values.Duration("--timeout", "How long the command may wait for its input and for the service, like 500ms or 1m", 10 * AisTime.NanosecondsPerSecond);

    public CommandTree(Terminal terminal)
    {
        _terminal = terminal;
        _timeout.Recursive = true;
        Root = new RootCommand("Looks into a cluster of the Checkpoint Service and works on its checkpoints.\n" + ExitCodes);
        foreach (Option option in (Option[])[_socket, _json, _timeout])
            Root.Options.Add(option);
        foreach (var build in (Func<CommandTree, Command>[])
            [
                StatusCommand.Build, ListCommand.Build, ShowCommand.Build, DumpCommand.Build, PutCommand.Build,
                WatchCommand.Build, DrainCommand.Build, FaultCommand.Build, BenchCommand.Build, ConformanceCommand.Build,
            ])
        {
            Root.Subcommands.Add(build(this));
        }
    }

    public RootCommand Root { get; }

    /// <summary>Runs one command line and returns its exit code.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        // A checkpoint's name may begin with '@'; that is no response file.
        var parsed = Root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
            return Fail(UsageFailure(parsed), arguments.Contains("--json"));

        var exitCode = await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = _terminal.Out,
                Error = _terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // Signals are Program's business.
            },
            cancel);
        try
        {
            _terminal.Out.Flush(); // What --help printed.
            return exitCode;
        }
        catch (IOException fault)
        {
            return Fail(OutputFailure(fault), arguments.Contains("--json"));
        }
    }

    /// <summary>Makes <paramref name="run"/> what <paramref name="command"/> does, with failures turned into messages and exit codes.</summary>
    public void SetAction(Command command, Func<Invocation, ParseResult, CancellationToken, Task> run) =>
        SetAction(command, async (invocation, parsed, cancel) =>
        {
            await run(invocation, parsed, cancel);
            return ExitCode.Ok;
        });

    /// <summary>The same for a command that ends with another program's exit code.</summary>
    public void SetAction(Command command, Func<Invocation, ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction((parsed, cancel) => GuardAsync(parsed, run, cancel));

    private async Task<int> GuardAsync(ParseResult parsed, Func<Invocation, ParseResult, CancellationToken, Task<int>> run, CancellationToken cancel)
    {
        var json = parsed.GetValue(_json);
        var invocation = new Invocation(_terminal, parsed.GetValue(_socket), json, new TimeBudget(_timeout.Of(parsed), _terminal.Clock));
        try
        {
            var exitCode = await run(invocation, parsed, cancel);
            _terminal.Flush();
            return exitCode;
        }
        catch (CliFailure failure)
        {
            return Fail(failure, json);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return Fail(new CliFailure(ExitCode.Interrupted, "interrupted"), json);
        }
        catch (IOException fault)
        {
            // The commands turn the faults of files and sockets they open into failures of their own: what is left is the output.
            return Fail(OutputFailure(fault), json);
        }
    }

    private static CliFailure OutputFailure(IOException fault) => new(ExitCode.LocalFile, $"the output cannot be written: {fault.Message}");

    private int Fail(CliFailure failure, bool json)
    {
        try
        {
            if (failure.ExitCode != ExitCode.LocalFile)
                _terminal.Flush();
        }
        catch (IOException fault)
        {
            // Two failures: the first says more, and its exit code holds.
            FailureReport.Write(_terminal, OutputFailure(fault), json);
        }

        FailureReport.Write(_terminal, failure, json);
        return failure.ExitCode;
    }

    private static CliFailure UsageFailure(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = command is RootCommand ? "checkpoint" : $"checkpoint {command.Name}";
        return new CliFailure(ExitCode.Usage, string.Join(" ", parsed.Errors.Select(error => error.Message)), $"'{path} --help' shows how it is called");
    }
}
