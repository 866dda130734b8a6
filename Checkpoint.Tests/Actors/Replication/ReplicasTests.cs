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

    [Fact(DisplayName = "What was dropped for good is remembered for its time, and then forgotten")]
    public void Tombstones_end()
    {
        var context = new MachineContext(Host, MachinePump.Options, 1);
        var dropped = new Replicas(context, map: null).Dropped;
        var (first, second) = (new IncarnationId(Guid.NewGuid()), new IncarnationId(Guid.NewGuid()));
        var time = MachinePump.Options.TombstoneTime;
        dropped.Add(first);
        context.Begin(time - 1, 0, []);
        dropped.Add(second);
        dropped.Add(first); // Said again: it was dropped when it was dropped.
        dropped.ForgetOld();
        Assert.True(dropped.Contains(first) && dropped.Contains(second));

        context.Begin(time, 0, []);
        dropped.ForgetOld();
        Assert.False(dropped.Contains(first));
        Assert.Equal([second], dropped.ToArray());

        dropped.Reset([first]);
        Assert.Equal([first], dropped.ToArray());
    }

    private static CheckpointName NameOf(int number) => new($"safCkpt={number}");

    private static IncarnationState StateOf(IncarnationId id, CheckpointName name) =>
        new(id, name, new CreationAttributes(CreationFlags.WriteAllReplicas, 1 << 20, 0, 64, 1 << 20, 64), 0, AisTime.End, false, Host, null, []);
}
