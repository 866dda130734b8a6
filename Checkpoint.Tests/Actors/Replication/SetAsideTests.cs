using Checkpoint.Actors.Diagnostics;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;

namespace Checkpoint.Tests.Actors.Replication;

/// <summary>What throws while one checkpoint's content is worked on costs that call or that checkpoint, never a host.</summary>
public sealed class SetAsideTests
{
    private static readonly CreationAttributes Synchronous = new(CreationFlags.WriteAllReplicas, 1 << 20, 0, 64, 1 << 20, 64);
    private static readonly SectionId Section = new("s");
    private static readonly byte[] Poison = [0xBA, 0xD0];

    private readonly HashSet<int> _faulty = [];
    private ContentStep _step;

    [Theory(DisplayName = "An update that no host can take in or apply sets its checkpoint aside on all hosts, which live and serve all others")]
    [InlineData(ContentStep.Apply)]
    [InlineData(ContentStep.TakeIn)]
    public void On_all_hosts(ContentStep step)
    {
        var pump = Pump(3, step, 0, 1, 2);
        var (poisoned, other) = (Filled(pump, "safCkpt=a"), Filled(pump, "safCkpt=b"));

        Assert.Equal(AisStatus.Library, pump.Change(1, poisoned, new ContentOp.Overwrite(Section, Poison)).Status);

        Everybody(pump, host =>
        {
            RefusesContent(pump, host, poisoned);
            Assert.Equal(AisStatus.Ok, pump.Change(host, other, new ContentOp.Overwrite(Section, new byte[] { 2 })).Status);
            Assert.Equal([2], Read(pump, host, other).Data.Single().ToArray());
        });
        Assert.Equal(3, pump.Newest!.Hosts.Length);
        GoesWithItsName(pump, poisoned);
    }

    [Fact(DisplayName = "A checkpoint that is set aside stays so when its orderer's host is lost, and can still be deleted")]
    public void Lost_orderer()
    {
        var pump = Pump(3, ContentStep.Apply, 0, 1, 2);
        var (poisoned, other) = (Filled(pump, "safCkpt=a"), Filled(pump, "safCkpt=b"));
        Assert.Equal(AisStatus.Library, pump.Change(0, poisoned, new ContentOp.Overwrite(Section, Poison)).Status);

        pump.CutOff.Add(0);
        pump.Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(2, pump.Newest!.Hosts.Length);
        Assert.All([1, 2], host =>
        {
            RefusesContent(pump, host, poisoned);
            Assert.Equal(AisStatus.Ok, pump.Change(host, other, new ContentOp.Overwrite(Section, new byte[] { 2 })).Status);
        });
        GoesWithItsName(pump, poisoned, creator: 1);
    }

    [Fact(DisplayName = "A host that comes after all have set a checkpoint aside is ready, and answers as they do")]
    public void Newcomer()
    {
        var pump = Pump(3, ContentStep.Apply, [0, 1, 2], members: 2);
        var (poisoned, other) = (Filled(pump, "safCkpt=a"), Filled(pump, "safCkpt=b"));
        Assert.Equal(AisStatus.Library, pump.Change(0, poisoned, new ContentOp.Overwrite(Section, Poison)).Status);

        pump.Join(pump.Hosts);

        Assert.True(pump.Machines[2].Replicas.IsFullForAll());
        Everybody(pump, host => RefusesContent(pump, host, poisoned));
        Assert.Equal([1], Read(pump, 2, other).Data.Single().ToArray());
        Assert.Equal(AisStatus.Ok, pump.Ask<Done>(2, (number, deadline) => new SetRetention(number, poisoned, 7, deadline)).Status);
        GoesWithItsName(pump, poisoned);
    }

    [Theory(DisplayName = "A host that alone cannot apply an update loses nobody's data: the others serve, it asks them, and the next view fills it again")]
    [InlineData(0, ContentStep.Apply)]
    [InlineData(1, ContentStep.Apply)]
    [InlineData(0, ContentStep.TakeIn)]
    [InlineData(2, ContentStep.TakeIn)]
    public void On_one_host(int host, ContentStep step)
    {
        var pump = Pump(3, step, host);
        var checkpoint = Filled(pump, "safCkpt=a");

        Assert.Equal(AisStatus.Ok, pump.Change(1, checkpoint, new ContentOp.Overwrite(Section, Poison)).Status);

        Everybody(pump, each => Assert.Equal(Poison, Read(pump, each, checkpoint).Data.Single().ToArray()));
        Assert.NotEqual(pump.Hosts[host], pump.Status((host + 1) % 3, checkpoint).Orderer);
        Everybody(pump, each => Assert.Equal(AisStatus.Ok, pump.Change(each, checkpoint, new ContentOp.Overwrite(Section, new byte[] { 4 })).Status));

        _faulty.Clear();
        var lost = (host + 1) % 3;
        pump.CutOff.Add(lost);
        pump.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(2, pump.Newest!.Hosts.Length);
        Assert.Equal(1, pump.Status(host, checkpoint).Sections);
    }

    [Fact(DisplayName = "A host without the content never becomes the only one that counts while another has it")]
    public void Lost_while_alone()
    {
        var pump = Pump(2, ContentStep.Apply, 0);
        var checkpoint = Filled(pump, "safCkpt=a");
        pump.Change(1, checkpoint, new ContentOp.Overwrite(Section, Poison));

        pump.CutOff.Add(1);
        pump.Step(0, new MachineInput.KnownDead(pump.Hosts[1], "the test says so"));
        pump.Pass(TimeSpan.FromSeconds(2));

        Assert.Single(pump.Newest!.Hosts);
        RefusesContent(pump, 0, checkpoint); // Nobody has it any more, and it is not made up.
        GoesWithItsName(pump, checkpoint);
    }

    [Fact(DisplayName = "A change whose check throws is refused with LIBRARY and enters no log; the checkpoint goes on")]
    public void Check()
    {
        var pump = Pump(2, ContentStep.Check, 0, 1);
        var checkpoint = Filled(pump, "safCkpt=a");

        Assert.All([0, 1], host => Assert.Equal(AisStatus.Library, pump.Change(host, checkpoint, new ContentOp.Overwrite(Section, Poison)).Status));

        pump.Pass(TimeSpan.FromMilliseconds(50));
        Assert.Equal((2, 2), (pump.Status(0, checkpoint).Position, pump.Status(1, checkpoint).Position));
        Assert.All([0, 1], host => Assert.Equal(AisStatus.Ok, pump.Change(host, checkpoint, new ContentOp.Overwrite(Section, new byte[] { 2 })).Status));
    }

    [Fact(DisplayName = "A read that throws is answered LIBRARY; the content stays, and later reads see it")]
    public void Reads()
    {
        var pump = Pump(2, ContentStep.Read, 0, 1);
        var checkpoint = Filled(pump, "safCkpt=a");

        Assert.All([0, 1], host => RefusesContent(pump, host, checkpoint, isReadOnly: true));

        _faulty.Clear();
        Assert.All([0, 1], host => Assert.Equal([1], Read(pump, host, checkpoint).Data.Single().ToArray()));
    }

    [Fact(DisplayName = "A write between two steps that throws sets the checkpoint aside; host and machine go on")]
    public void In_place()
    {
        var pump = Pump(1, ContentStep.InPlace, 0);
        var (poisoned, other) = (Filled(pump, "safCkpt=a"), Filled(pump, "safCkpt=b"));

        Assert.False(pump.Gates[0].TryWrite(poisoned, [new(Section.Bytes, 0, new byte[] { 5 })], isOverwrite: true, budget: AisTime.NanosecondsPerSecond));

        _faulty.Clear();
        RefusesContent(pump, 0, poisoned);
        Assert.True(pump.Gates[0].TryWrite(other, [new(Section.Bytes, 0, new byte[] { 5 })], isOverwrite: true, budget: AisTime.NanosecondsPerSecond));
        GoesWithItsName(pump, poisoned);
    }

    [Fact(DisplayName = "An orderer that cannot look for expired sections sets the checkpoint aside instead of ending")]
    public void Expiry()
    {
        var pump = Pump(1, ContentStep.Expire, 0);
        var poisoned = Filled(pump, "safCkpt=a");
        Assert.Equal(AisStatus.Ok, pump.Change(
            0, poisoned, new ContentOp.CreateSection(new SectionId("t"), pump.WallNow + AisTime.NanosecondsPerSecond, default)).Status);

        pump.Pass(TimeSpan.FromSeconds(2));

        RefusesContent(pump, 0, poisoned);
        GoesWithItsName(pump, poisoned);
    }

    [Theory(DisplayName = "A newcomer that cannot be filled is ready all the same, asks the others, and is no burden to them")]
    [InlineData(ContentStep.Snapshot, 0)]
    [InlineData(ContentStep.Fill, 1)]
    public void Filling(ContentStep step, int host)
    {
        var pump = Pump(2, step, [host], members: 1);
        var checkpoint = Filled(pump, "safCkpt=a");

        pump.Join(pump.Hosts);

        Assert.Equal(2, pump.Newest!.Hosts.Length);
        Assert.True(pump.Machines[1].Replicas.IsFullForAll());
        Assert.All([0, 1], each => Assert.Equal([1], Read(pump, each, checkpoint).Data.Single().ToArray()));
        Assert.Equal(AisStatus.Ok, pump.Change(1, checkpoint, new ContentOp.Overwrite(Section, new byte[] { 2 })).Status);
        Assert.All([0, 1], each => Assert.Equal([2], Read(pump, each, checkpoint).Data.Single().ToArray()));
    }

    [Fact(DisplayName = "A host that leaves hands over what is set aside as well, so its leave ends")]
    public void Drain()
    {
        var pump = Pump(2, ContentStep.Apply, 0, 1);
        var poisoned = Filled(pump, "safCkpt=a");
        Assert.Equal(AisStatus.Library, pump.Change(0, poisoned, new ContentOp.Overwrite(Section, Poison)).Status);

        Assert.Equal(AisStatus.Ok, pump.Ask<Done>(0, (number, deadline) => new DrainHost(number, deadline)).Status);

        Assert.Equal(pump.Hosts[1], pump.Status(0, poisoned).Orderer);
        RefusesContent(pump, 1, poisoned);
    }

    private MachinePump Pump(int hosts, ContentStep step, params int[] faulty) => Pump(hosts, step, faulty, members: null);

    private MachinePump Pump(int hosts, ContentStep step, int[] faulty, int? members)
    {
        _step = step;
        _faulty.UnionWith(faulty);
        return new MachinePump(hosts, members: members, optionsOf: host => MachinePump.Options with
        {
            ContentFault = (at, name, op) =>
            {
                if (at == _step && _faulty.Contains(host) && name.ToString() == "safCkpt=a"
                    && op is null or ContentOp.Overwrite { Data.Length: 2 })
                    throw new NotFiniteNumberException($"the test throws in {at}");
            },
        });
    }

    private static IncarnationId Filled(MachinePump pump, string name)
    {
        var checkpoint = pump.Create(0, Synchronous, name);
        Assert.Equal(AisStatus.Ok, pump.Change(0, checkpoint, new ContentOp.CreateSection(Section, AisTime.End, new byte[] { 1 })).Status);
        return checkpoint;
    }

    private static ReadResult Read(MachinePump pump, int host, IncarnationId checkpoint) => pump.Ask<ReadDone>(
        host, (number, deadline) => new Read(number, checkpoint, [new(Section, 0, ReadElement.Whole)], deadline)).Result;

    private static void Everybody(MachinePump pump, Action<int> check) => Assert.All(Enumerable.Range(0, pump.Hosts.Length), check);

    private static void RefusesContent(MachinePump pump, int host, IncarnationId checkpoint, bool isReadOnly = false)
    {
        Assert.Equal(AisStatus.Library, Read(pump, host, checkpoint).Status);
        Assert.Equal(AisStatus.Library, pump.Ask<Described>(host, (number, deadline) => new Describe(number, checkpoint, deadline)).Status);
        Assert.Equal(AisStatus.Library, pump.Ask<Listed>(host, (number, deadline) => new List(number, checkpoint, SectionsChosen.Any, 0, deadline)).Status);
        Assert.Equal(AisStatus.Library, pump.Ask<SectionsDescribed>(
            host, (number, deadline) => new DescribeSections(number, checkpoint, [Section], deadline)).Status);
        if (isReadOnly)
            return;
        Assert.Equal(AisStatus.Library, pump.Ask<Done>(host, (number, deadline) => new Synchronize(number, checkpoint, deadline)).Status);
        Assert.Equal(AisStatus.Library, pump.Ask<Done>(host, (number, _) => new Track(number, checkpoint)).Status);
        Assert.Equal(AisStatus.Library, pump.Change(host, checkpoint, new ContentOp.Overwrite(Section, new byte[] { 3 })).Status);
        Assert.Equal(AisStatus.Library, pump.Change(host, checkpoint, new ContentOp.DeleteSection(Section)).Status);
    }

    private static void GoesWithItsName(MachinePump pump, IncarnationId checkpoint, int creator = 0)
    {
        Assert.Equal(AisStatus.Ok, pump.Ask<Done>(creator, (number, deadline) => new MarkUnlinked(number, checkpoint, deadline)).Status);
        Assert.Equal(AisStatus.Ok, pump.Ask<Done>(creator, (number, deadline) => new Delete(number, checkpoint, deadline)).Status);
        Assert.Equal(AisStatus.NotExist, Read(pump, creator, checkpoint).Status);
        var again = pump.Create(creator, Synchronous);
        Assert.Equal(AisStatus.Ok, pump.Change(creator, again, new ContentOp.CreateSection(Section, AisTime.End, new byte[] { 1 })).Status);
        Assert.Equal([1], Read(pump, creator, again).Data.Single().ToArray());
    }
}
