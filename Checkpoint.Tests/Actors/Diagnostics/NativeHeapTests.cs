using System.Runtime.InteropServices;
using Checkpoint.Actors.Diagnostics;
using Checkpoint.Tests.Cluster;

namespace Checkpoint.Tests.Actors.Diagnostics;

/// <summary>Beside no other tests: what is resident is the whole process's.</summary>
[Collection(ClusterCollection.Name)]
public sealed class NativeHeapTests
{
    private const int BlockBytes = 1024;
    private const int Blocks = 40_000;

    [Fact(DisplayName = "What was freed below a block in use stays resident until it is given back")]
    public void Given_back()
    {
        var content = Enumerable.Repeat((byte)1, BlockBytes).ToArray();
        var blocks = new nint[Blocks];
        for (var index = 0; index < Blocks; index++)
        {
            blocks[index] = Marshal.AllocHGlobal(BlockBytes);
            Marshal.Copy(content, 0, blocks[index], BlockBytes);
        }

        foreach (var block in blocks[..^1])
            Marshal.FreeHGlobal(block);
        var before = ResidentBytes();
        NativeHeap.GiveBack();
        var after = ResidentBytes();
        Marshal.FreeHGlobal(blocks[^1]);

        Assert.True(before - after > Blocks * BlockBytes / 2, $"resident {before} bytes before, {after} after");
    }

    private static long ResidentBytes() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1]) * Environment.SystemPageSize;
}
