using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using CsCheck;

namespace Checkpoint.Tests.Actors.Replication;

public sealed class ReplicasTests
{
    private static readonly HostId Host = new("host:1", 1);

    [Fact(DisplayName = "Whatever came and went, a name's incarnations are those of all that bear it")]
    public void By_name() => Gen.Select(Gen.Int[0, 4], Gen.Int[0, 19], Gen.Bool).Array[0, 60].Sample(steps =>
    {
        var context = new MachineContext(Host, MachinePump.Options, 1);
        var replicas = new Replicas(context, map: null);
        foreach (var (name, number, isForGood) in steps)
        {
            var id = new IncarnationId(new Guid(number, 0, 0, new byte[8]));
            if (replicas.Find(id) is { } replica)
                replicas.Drop(replica, isForGood);
            else
                replicas.Add(StateOf(id, NameOf(name)));

            Assert.All(Enumerable.Range(0, 5).Select(NameOf), each => Assert.Equal(
                replicas.All.Where(other => other.State.Name.Equals(each)).Select(other => other.Id).Order(),
                replicas.Named(each).Select(other => other.Id).Order()));
        }
    });

    private static CheckpointName NameOf(int number) => new($"safCkpt={number}");

    private static IncarnationState StateOf(IncarnationId id, CheckpointName name) =>
        new(id, name, new CreationAttributes(CreationFlags.WriteAllReplicas, 1 << 20, 0, 64, 1 << 20, 64), 0, AisTime.End, false, Host, null, []);
}
