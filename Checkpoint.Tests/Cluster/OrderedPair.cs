using Checkpoint.Client;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Cluster;

/// <summary>
/// One writer that writes each number into its first section and, once that is acknowledged, into its second: whatever is lost with a node, the
/// first is never behind the second.
/// </summary>
public sealed class OrderedPair(CheckpointHandle handle)
{
    private static readonly SectionId First = Section(1);
    private static readonly SectionId Second = Section(2);

    /// <summary>The last number that was acknowledged in both.</summary>
    public int Acknowledged { get; private set; }

    public static async Task<OrderedPair> CreateAsync(CheckpointHandle handle)
    {
        await handle.CreateSectionAsync(First, new byte[4]);
        await handle.CreateSectionAsync(Second, new byte[4]);
        return new OrderedPair(handle);
    }

    /// <summary>Until it is stopped, or a write's outcome is unknown, or its checkpoint has lost the active replica.</summary>
    public async Task WriteAsync(CancellationToken stop)
    {
        for (var number = Acknowledged + 1; !stop.IsCancellationRequested; number++)
        {
            if (await WrittenAsync(First, number) != AisStatus.Ok || await WrittenAsync(Second, number) != AisStatus.Ok)
                return;
            Acknowledged = number;
        }
    }

    /// <summary>What another node's application reads of both, at one moment.</summary>
    public static async Task<(int First, int Second)> ReadAsync(CheckpointHandle there)
    {
        var data = await Application.PatientlyAsync(() => there.ReadAsync([new(First, 0, 4), new(Second, 0, 4)]));
        return (BitConverter.ToInt32(data[0].Span), BitConverter.ToInt32(data[1].Span));
    }

    private Task<AisStatus> WrittenAsync(SectionId section, int number) =>
        Application.PatientStatusOfAsync(() => handle.WriteAsync(section, 0, BitConverter.GetBytes(number)));
}
