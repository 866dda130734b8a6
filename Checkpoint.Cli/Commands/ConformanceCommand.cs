using System.CommandLine;
using Checkpoint.Cli.Connection;
using Checkpoint.Cli.Native;

namespace Checkpoint.Cli.Commands;

/// <summary>Runs the conformance kit, a C program of its own, and hands its arguments on: the kit knows them, not this.</summary>
public static class ConformanceCommand
{
    private const string Kit = "conformance";
    private const string OwnLibrary = "libSaCkpt.so.1";

    public static Command Build(CommandTree tree)
    {
        var arguments = new Argument<string[]>("ARGUMENT")
        {
            Description = "The kit's: --lib PATH [--profile strict|opensaf|openais] [--prefix NAME] [--filter ID]... [--jobs N] [--slower N] [--json], or --list",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("conformance", "Tries any vendor's libSaCkpt.so rule by rule; without --lib, the one of this checkout (built with gcc)") { arguments };
        tree.SetAction(command, (invocation, parsed, cancel) => RunAsync(invocation, parsed.GetValue(arguments) ?? [], cancel));
        return command;
    }

    /// <returns>The kit's exit code: 0 nothing failed, 1 something did, 2 it could not be tried.</returns>
    private static async Task<int> RunAsync(Invocation invocation, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var programs = await NativePrograms.BuildAsync(invocation.Terminal, cancel);
        string[] library = arguments.Any(argument => argument is "--lib" or "--list") ? [] : ["--lib", programs.PathOf(OwnLibrary)];
        string[] json = invocation.Json ? ["--json"] : [];

        // Another vendor's library knows nothing of a socket, so nobody is asked whether a host listens.
        var socket = SocketCandidates.Of(invocation.Socket, invocation.Terminal.Variable).FirstOrDefault(candidate => File.Exists(candidate.Path));
        return await programs.RunAsync(Kit, [.. library, .. arguments, .. json], invocation.Socket ?? socket?.PathToUse, null, cancel);
    }
}
