using System.Diagnostics;
using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Native;

/// <summary>Checkpoint.Native as its build.sh makes it, once a test run and only what has changed.</summary>
internal static class NativeBuild
{
    private static readonly Lazy<string> Directory = new(Build);

    public static string OpenSaf => PathOf("libSaCkpt.so.1");

    public static string OpenAis => PathOf("libSaCkpt.so.3");

    public static string PathOf(string file) => Path.Combine(Directory.Value, file);

    private static string Build()
    {
        var native = Repository.PathOf("Checkpoint.Native");
        var run = Run(new ProcessStartInfo("bash", [Path.Combine(native, "build.sh")]));
        Assert.True(run.ExitCode == 0, $"Checkpoint.Native/build.sh ended with {run.ExitCode}:\n{run.Error}\n{run.Out}");
        return Path.Combine(native, "build");
    }

    private static (int ExitCode, string Out, string Error) Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
