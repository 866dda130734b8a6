using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// The pure machine of one host: view, lease, logs, orderers, filling, requests. It touches no clock, actor or network: the same inputs
/// with the same times give the same outputs.
/// </summary>
/// <param name="seed">For ids that the machine makes up.</param>
public sealed partial class HostMachine(HostId self, MachineOptions options, ulong seed)
{
    private readonly HostId _self = self;
    private readonly MachineOptions _options = options;
    private readonly ulong _seed = seed;

    /// <param name="now">Monotonic nanoseconds of this host; never less than at the step before.</param>
    /// <param name="wall">Nanoseconds since 1970 UTC (<see cref="AisTime"/>).</param>
    /// <param name="outputs">Added to, in the order in which they are to be carried out.</param>
    public void Step(MachineInput input, long now, long wall, List<MachineOutput> outputs) =>
        throw new NotSupportedException($"{_self}: {input.GetType().Name} at {now}, {wall}: not built yet ({_options}, {_seed}, {outputs.Count})");
}
