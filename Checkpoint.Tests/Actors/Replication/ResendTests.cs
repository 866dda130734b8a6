using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Tests.Actors.Replication;

/// <summary>What is lost on its way from an orderer is sent again in time, whatever else the orderer has to say meanwhile.</summary>
public sealed class ResendTests
{
    private static readonly CreationAttributes Synchronous = new(CreationFlags.WriteAllReplicas, 1 << 20, 0, 64, 1 << 20, 64);
    private static readonly SectionId Section = new("s");

    [Fact(DisplayName = "An update that is lost on its way to a newcomer is sent again while others' updates become stable all the time")]
    public void Beside_marks()
    {
        var pump = new MachinePump(3, members: 2);
        var checkpoint = Filled(pump);
        Lose<HostMessage.FillPiece>(pump, to: 2); // So that updates are sent beside the filling.
        pump.Announce(pump.Hosts);
        for (var rounds = 0; rounds < 400 && pump.Machines[2].Replicas.Find(checkpoint) is not { Stage: ReplicaStage.Filling }; rounds++)
            pump.Pass(TimeSpan.FromMilliseconds(5));
        Assert.Equal(ReplicaStage.Filling, pump.Machines[2].Replicas.Find(checkpoint)!.Stage);

        Lose<HostMessage.Append>(pump, to: 2);
        var started = pump.Now;
        while (pump.Now < started + (3 * AisTime.NanosecondsPerSecond))
        {
            Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.Overwrite(Section, new byte[] { 2 })).Status);
            pump.Pass(TimeSpan.FromMilliseconds(5));
        }

        Assert.Equal(ReplicaStage.Full, pump.Machines[2].Replicas.Find(checkpoint)!.Stage);
    }

    [Fact(DisplayName = "A host that finds a gap before an update is sent what is missing at once")]
    public void Gap()
    {
        var pump = new MachinePump(3);
        var checkpoint = Filled(pump);
        List<Changed> answers = [];
        pump.Replied = (_, reply) => answers.Add((Changed)reply);
        Lose<HostMessage.Append>(pump, to: 2);

        Overwrite(pump, checkpoint);
        Assert.Empty(answers); // The update is lost.
        Overwrite(pump, checkpoint);

        Assert.Equal([AisStatus.Ok, AisStatus.Ok], answers.Select(answer => answer.Status));
    }

    private static IncarnationId Filled(MachinePump pump)
    {
        var checkpoint = pump.Create(0, Synchronous);
        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.CreateSection(Section, AisTime.End, new byte[] { 1 })).Status);
        pump.Pass(TimeSpan.FromSeconds(0.5));
        return checkpoint;
    }

    /// <summary>The next one, and none after it.</summary>
    private static void Lose<TMessage>(MachinePump pump, int to)
        where TMessage : HostMessage
    {
        var isLost = false;
        pump.Loses = (host, message) => !isLost && host == to && message is TMessage and not HostMessage.Append { Entries.Count: 0 } && (isLost = true);
    }

    /// <summary>Without any time that passes.</summary>
    private static void Overwrite(MachinePump pump, IncarnationId checkpoint)
    {
        var number = pump.NextNumber();
        pump.Step(0, new MachineInput.Local(
            new Change(number, checkpoint, new SessionId(new Guid(1, 0, 0, new byte[8])), 7, new ContentOp.Overwrite(Section, new byte[] { 3 }), pump.Now + AisTime.NanosecondsPerSecond),
            pump));
    }
}
