using System.Globalization;
using System.Security.Cryptography;
using Xunit.Abstractions;

namespace Checkpoint.Tests.Processes;

/// <summary>A seed for what a spec chooses by chance, printed, so that a run can be repeated.</summary>
public static class Seed
{
    /// <summary>CHECKPOINT_TEST_SEED when it is set, else another one each time.</summary>
    public static Random Printed(ITestOutputHelper output)
    {
        var seed = Environment.GetEnvironmentVariable("CHECKPOINT_TEST_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : RandomNumberGenerator.GetInt32(int.MaxValue);
        output.WriteLine($"CHECKPOINT_TEST_SEED={seed}");
        return new Random(seed);
    }
}
