using Checkpoint.Tests.Tidy;

namespace Checkpoint.Tests.Native;

public sealed class ConformanceListTests
{
    [Fact(DisplayName = "docs/CONFORMANCE.md is the kit's list; each case stands there once")]
    public async Task Document()
    {
        Assert.True(File.Exists(NativeBuild.PathOf("conformance")));
        var printed = await NativeRun.OfAsync(
            "bash", [Repository.PathOf("Checkpoint.Native/kit/document.sh")], socket: "", TimeSpan.FromSeconds(60));

        Assert.Equal((0, ""), (printed.ExitCode, printed.Error));
        Assert.Equal(Repository.Read("docs/CONFORMANCE.md"), printed.Out);
        var ids = printed.Out.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).ToList();
        Assert.True(ids.Count > 365, $"{ids.Count} cases");
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }
}
