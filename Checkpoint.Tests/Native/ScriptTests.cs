using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Native;

/// <summary>The scripts that look at the C library from outside, with a compiler and the loader, and need no host.</summary>
public sealed class ScriptTests
{
    /// <summary>Each takes seconds; the machine may be busy with other tests.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact(DisplayName = "A program linked against a libSaCkpt.so.3 with openais' symbol versions runs on ours without a word of the loader (ABI-06)")]
    public async Task Openais_linked()
    {
        var run = await RunAsync("tests/openais-linked.sh", NativeBuild.OpenAis);

        Assert.Equal((0, "", "ABI-06 pass: 22 functions, Initialize of nothing answers 7\n"), (run.ExitCode, run.Error, run.Out));
    }

    [Fact(DisplayName = "What install.sh installs has its links and names, and programs compile, link and run with each pkg-config name")]
    public async Task Install()
    {
        Assert.True(File.Exists(NativeBuild.OpenSaf)); // Else the script would build, beside other tests.
        var run = await RunAsync("tests/install.sh");

        var checks = run.Out.Split('\n').Where(line => line.StartsWith("ok ", StringComparison.Ordinal)).ToList();
        Assert.True(run.ExitCode == 0, $"{run.ExitCode}: {run.Error}{run.Out}");
        Assert.DoesNotContain("FAIL", run.Out, StringComparison.Ordinal);
        Assert.True(checks.Count >= 18, $"{checks.Count} checks:\n{run.Out}"); // Two more with a C++ compiler.
    }

    [Fact(DisplayName = "Our headers compile beside other vendors' saAis.h, saAmf.h and saCkpt.h in both orders, and have what those take from them")]
    public async Task Headers()
    {
        var run = await RunAsync("tests/headers.sh");

        var checks = run.Out.Split('\n').Where(line => line.StartsWith("ok ", StringComparison.Ordinal)).ToList();
        Assert.True(run.ExitCode == 0, $"{run.ExitCode}: {run.Error}{run.Out}");
        Assert.DoesNotContain("FAIL", run.Out, StringComparison.Ordinal);
        Assert.True(checks.Count >= 23, $"{checks.Count} checks:\n{run.Out}"); // Ten more with a C++ compiler.
    }

    [Fact(DisplayName = "The conformance kit passes no library that does nothing, and tells a crash and a hang as such")]
    [Trait("Category", "Long")]
    public async Task Self_test()
    {
        Assert.True(File.Exists(NativeBuild.PathOf("conformance")));
        var run = await RunAsync("kit/self-test.sh");

        Assert.True(run.ExitCode == 0, $"{run.ExitCode}: {run.Error}{run.Out}");
        Assert.Equal(9, run.Out.Split('\n').Count(line => line.StartsWith("ok: ", StringComparison.Ordinal)));
    }

    private static Task<NativeRun> RunAsync(string script, params string[] arguments) =>
        NativeRun.OfAsync("bash", [Repository.PathOf(Path.Combine("Checkpoint.Native", script)), .. arguments], socket: "", Patience);
}
