using System.Diagnostics;
using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Native;

/// <summary>Checkpoint.Native as its build.sh makes it, once a test run and only what has changed.</summary>
internal static class NativeBuild
{
    private static readonly Lazy<string> Directory = new(() => Build("build"));

    private static readonly Lazy<string> ThreadSanitizerDirectory = new(() => Build("build/tsan", "tsan"));

    public static string OpenSaf => PathOf("libSaCkpt.so.1");

    public static string OpenAis => PathOf("libSaCkpt.so.3");

    public static string PathOf(string file) => Path.Combine(Directory.Value, file);

    /// <summary>The same with <c>build.sh tsan</c>: every access of every thread is watched.</summary>
    public static string ThreadSanitizerPathOf(string file) => Path.Combine(ThreadSanitizerDirectory.Value, file);

    private static string Build(string into, params string[] variant)
    {
        var native = Repository.PathOf("Checkpoint.Native");
        var run = Run(new ProcessStartInfo("bash", [Path.Combine(native, "build.sh"), .. variant]));
        Assert.True(run.ExitCode == 0, $"Checkpoint.Native/build.sh {string.Join(' ', variant)} ended with {run.ExitCode}:\n{run.Error}\n{run.Out}");
        return Path.Combine(native, into);
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
