using System.Buffers.Binary;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Simulation.SimProfile;

namespace Checkpoint.Tests.Simulation;

/// <summary>A client process of one host, and the entities that live there: asks for all kinds of things at random and tells the checker what came of it.</summary>
public sealed class SimClient
{
    private const int PoisonLength = 9;

    private readonly SimWorld _world;
    private readonly SimHost _host;
    private readonly SessionId _session;
    private readonly Dictionary<ulong, (ReplicaAgentProtocol.ICommand Command, Action<ReplicaAgentProtocol.IReply> Answered)> _open = [];
    private ulong _number;

    public SimClient(SimWorld world, SimHost host)
    {
        (_world, _host, _session) = (world, host, new SessionId(world.Random.Guid()));
    }

    /// <summary>Commands without an answer, of a host that lives.</summary>
    public IReadOnlyList<ReplicaAgentProtocol.ICommand> Open => _host.IsAlive && !_host.IsLeftOut ? [.. _open.Values.Select(open => open.Command)] : [];

    public bool IsActive { get; set; } = true;

    public SimHost Host => _host;

    public void Run()
    {
        if (!_host.IsAlive || !IsActive)
            return;
        if (!_host.IsPaused && _open.Count < 6)
            Act();
        _world.At(_world.Random.Between(2, 60) * Millisecond, Run);
    }

    public void OnOutput(MachineOutput output)
    {
        if (output is not MachineOutput.Reply reply || reply.Caller != this)
            return;
        if (!_open.Remove(reply.Message.Number, out var open))
            _world.Checker.Fail("reply", $"{reply.Message} answers nothing");
        open.Answered(reply.Message);
    }

    /// <summary>No host can do what it says.</summary>
    public static bool IsPoison(ContentOp? op) => op is ContentOp.Write { Elements: [{ Data.Length: PoisonLength }, ..] };

    public SimOperation Write(SimCheckpoint checkpoint, bool isVector, bool isPoison = false)
    {
        int[] sections = isVector ? [0, 1, 2] : [_world.Random.Below(SimCheckpoint.SectionCount)];
        var id = NewId();
        var data = new byte[isPoison ? PoisonLength : 8];
        BinaryPrimitives.WriteUInt64LittleEndian(data, id);
        var write = new ContentOp.Write([.. sections.Select(section => new WriteElement(SimCheckpoint.Section(section), 0, data))]);
        return (isPoison ? null : WriteInPlace(checkpoint, id, sections, write)) ?? Change(checkpoint, id, sections, write);
    }

    /// <summary>As the gateway does it: without a step, where the host may, and never past anything that is under way.</summary>
    private SimOperation? WriteInPlace(SimCheckpoint checkpoint, ulong id, int[] sections, ContentOp.Write write)
    {
        WriteRequest.Element[] elements = [.. write.Elements.Select(element => new WriteRequest.Element(element.Id.Bytes, element.Offset, element.Data))];
        if (!_host.Runs || _open.Count > 0
            || !_host.Machine.TryWrite(checkpoint.Incarnation, elements, isOverwrite: false, _host.ClockAt(_world.Time), _world.Wall))
            return null;
        var operation = Begin(id, checkpoint, write, sections);
        _world.Checker.OnWrittenInPlace(operation, new LogBody.Content(write, _session, id, id));
        return operation;
    }

    public SimOperation Read(SimCheckpoint checkpoint)
    {
        var operation = Begin(NewId(), checkpoint, null, [0, 1, 2]);
        Ask(
            number => new ReplicaAgentProtocol.Read(
                number, checkpoint.Incarnation, [.. operation.Sections.Select(section => new ReadElement(SimCheckpoint.Section(section), 0, 8))], Deadline()),
            reply => _world.Checker.OnRead(operation, ((ReplicaAgentProtocol.ReadDone)reply).Result));
        return operation;
    }

    public SimCheckpoint Create(CreationFlags flags)
    {
        var checkpoint = new SimCheckpoint(
            new IncarnationId(_world.Random.Guid()), new CheckpointName($"c{_world.Checker.Checkpoints.Count}"), flags, _world.Time);
        _world.Checker.Add(checkpoint);
        Control(
            number => new ReplicaAgentProtocol.Create(
                number, checkpoint.Incarnation, checkpoint.Name, SimCheckpoint.Attributes with { Flags = flags }, _host.Id, 0, Deadline()),
            () =>
            {
                checkpoint.IsCreated = true;
                for (var section = 0; section < SimCheckpoint.SectionCount; section++)
                    CreateSection(checkpoint, section);
            });
        return checkpoint;
    }

    private void CreateSection(SimCheckpoint checkpoint, int section)
    {
        var id = NewId();
        var data = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(data, id);
        Change(checkpoint, id, [section], new ContentOp.CreateSection(SimCheckpoint.Section(section), AisTime.End, data));
    }

    private void Act()
    {
        var random = _world.Random;
        var live = _world.Checker.Checkpoints.Where(checkpoint => checkpoint is { IsCreated: true, WasDeletionAsked: false }).ToArray();
        if (live.Length == 0 || (live.Length < 4 && random.Chance(0.05)))
        {
            Create(random.Pick<CreationFlags>([(CreationFlags)1, (CreationFlags)1, (CreationFlags)2, (CreationFlags)9, (CreationFlags)10]));
            return;
        }

        var checkpoint = random.Pick(live);
        switch (random.Below(100))
        {
            case < 50:
                Write(checkpoint, !checkpoint.IsSynchronous || random.Chance(0.5), IsToBePoison());
                break;
            case < 85:
                Read(checkpoint);
                break;
            case < 88:
                Delete(checkpoint);
                break;
            case < 92:
                Control(number => new ReplicaAgentProtocol.SetActive(number, checkpoint.Incarnation, _host.Id, Deadline()), () => { });
                break;
            case < 94:
                Control(number => new ReplicaAgentProtocol.AddReplica(number, checkpoint.Incarnation, _host.Id, Deadline()), () => { });
                break;
            case < 96:
                Control(number => new ReplicaAgentProtocol.SetRetention(number, checkpoint.Incarnation, random.Below(1000), Deadline()), () => { });
                break;
            case < 98:
                Control(number => new ReplicaAgentProtocol.Synchronize(number, checkpoint.Incarnation, Deadline()), () => { });
                break;
            default:
                Look(random.Pick([.. _world.Checker.Checkpoints]));
                break;
        }
    }

    /// <summary>Nothing is drawn where no schedule asks for it: the old seeds stay what they were.</summary>
    private bool IsToBePoison() => _world.Profile.PoisonPerMille > 0 && _world.Random.Below(1000) < _world.Profile.PoisonPerMille;

    private void Delete(SimCheckpoint checkpoint)
    {
        checkpoint.WasDeletionAsked = true;
        Control(
            number => new ReplicaAgentProtocol.Delete(number, checkpoint.Incarnation, Deadline()),
            () => checkpoint.DeletedAt = Math.Min(checkpoint.DeletedAt, _world.Time));
    }

    private void Look(SimCheckpoint checkpoint)
    {
        var invokedAt = _world.Time;
        Ask(
            number => new ReplicaAgentProtocol.GetLive(number, checkpoint.Name),
            reply => _world.Checker.OnLive(checkpoint, invokedAt, (ReplicaAgentProtocol.Live)reply));
    }

    private SimOperation Change(SimCheckpoint checkpoint, ulong id, int[] sections, ContentOp op)
    {
        var operation = Begin(id, checkpoint, op, sections);
        Ask(
            number => new ReplicaAgentProtocol.Change(number, checkpoint.Incarnation, _session, id, op, Deadline()),
            reply => _world.Checker.OnChanged(operation, ((ReplicaAgentProtocol.Changed)reply).Result));
        return operation;
    }

    private SimOperation Begin(ulong id, SimCheckpoint checkpoint, ContentOp? op, int[] sections)
    {
        var operation = new SimOperation(id, _host, checkpoint, op, sections, checkpoint.AnsweredFloor, _world.Time);
        _world.Checker.Add(operation);
        return operation;
    }

    private void Control(Func<ulong, ReplicaAgentProtocol.ICommand> command, Action ok) => Ask(command, reply =>
    {
        if (reply.Status == AisStatus.Ok)
            ok();
    });

    private void Ask(Func<ulong, ReplicaAgentProtocol.ICommand> command, Action<ReplicaAgentProtocol.IReply> answered)
    {
        var number = ++_number;
        var asked = command(number);
        _open.Add(number, (asked, answered));
        _world.Step(_host, new MachineInput.Local(asked, this));
    }

    /// <summary>Vectors in slices go one after the other: when everybody writes everywhere at once, the last one needs its time.</summary>
    private long Deadline() => _host.ClockAt(_world.Time)
        + (Math.Max(_world.Random.Between(300, 2500), _world.Profile.Slices && !_world.IsFaulty ? 2500 : 0) * Millisecond);

    private ulong NewId() => _world.Random.Next() | 1;
}
