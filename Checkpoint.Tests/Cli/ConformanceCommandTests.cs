using Checkpoint.Cli;

namespace Checkpoint.Tests.Cli;

/// <summary>The command around the kit; the kit itself is stood in for by a script that notes how it was called.</summary>
public sealed class ConformanceCommandTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("home-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact(DisplayName = "conformance builds the kit and hands arguments, socket and exit code on")]
    public async Task Pass_through()
    {
        Scripts(buildExitCode: 0, kitExitCode: 1);

        var run = await RunAsync("conformance", "--lib", "/x/libSaCkpt.so.3", "--filter", "OPN-0", "--json", "--socket", "/x/host.sock");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("--lib /x/libSaCkpt.so.3 --filter OPN-0 --json at /x/host.sock\n", Noted());
        Assert.Equal("building\n", run.Error);
    }

    [Fact(DisplayName = "Without --lib the library of this checkout is tried")]
    public async Task Own_library()
    {
        Scripts(buildExitCode: 0, kitExitCode: 0);

        var run = await RunAsync("conformance", "--socket", "/x/host.sock");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal($"--lib {_home}/Checkpoint.Native/build/libSaCkpt.so.1 at /x/host.sock\n", Noted());
    }

    [Fact(DisplayName = "A build that fails, a compiler that is missing and a directory without the sources are said with what to do")]
    public async Task Cannot_build()
    {
        var none = await RunAsync("conformance");
        Assert.Equal(ExitCode.LocalFile, none.ExitCode);
        Assert.Contains("is for a checkout of the sources", none.Error);

        Scripts(buildExitCode: 3, kitExitCode: 0);
        var failed = await RunAsync("conformance");
        Assert.Equal(ExitCode.LocalFile, failed.ExitCode);
        Assert.Contains("build.sh ended with 3", failed.Error);

        var missing = await CliRun.OfAsync(["conformance"], "", CancellationToken.None, Environment(("PATH", "/nowhere")));
        Assert.Equal(ExitCode.LocalFile, missing.ExitCode);
        Assert.EndsWith("next: apt-get install gcc libc6-dev\n", missing.Error);
    }

    private Task<CliRun> RunAsync(params string[] arguments) =>
        CliRun.OfAsync(arguments, "", CancellationToken.None, Environment(("CC", "/bin/sh"))); // Any program will do: the build is a stand-in.

    private Dictionary<string, string> Environment((string Name, string Value) more) => new() { ["CHECKPOINT_HOME"] = _home, [more.Name] = more.Value };

    private string Noted() => File.ReadAllText(Path.Combine(_home, "noted"));

    private void Scripts(int buildExitCode, int kitExitCode)
    {
        var build = Directory.CreateDirectory(Path.Combine(_home, "Checkpoint.Native", "build")).FullName;
        var kit = Path.Combine(build, "conformance");
        File.WriteAllText(Path.Combine(_home, "Checkpoint.Native", "build.sh"), $"echo building\nexit {buildExitCode}\n");
        File.WriteAllText(kit, $"#!/bin/sh\necho \"$* at $CHECKPOINT_SOCKET\" >{_home}/noted\nexit {kitExitCode}\n");
        File.SetUnixFileMode(kit, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
