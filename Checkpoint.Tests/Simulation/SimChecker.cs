using System.Buffers.Binary;
using Checkpoint.Actors.Content;
using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Simulation;

/// <summary>A property of field.md 4.4 does not hold. The message begins with its id.</summary>
public sealed class SimViolation(string text) : Exception(text);

/// <summary>Judges histories: every update as it becomes stable on any host, every answer to a client, every message with updates.</summary>
public sealed class SimChecker(SimWorld world)
{
    private readonly Dictionary<IncarnationId, SimCheckpoint> _checkpoints = [];
    private readonly Dictionary<ulong, SimOperation> _operations = [];
    private readonly Dictionary<(long View, IncarnationId Incarnation, long Sequence), LogEntry> _sent = [];

    public IReadOnlyCollection<SimCheckpoint> Checkpoints => _checkpoints.Values;

    public int Answers { get; private set; }

    public int WritesOk { get; private set; }

    public int WritesInPlace { get; private set; }

    /// <summary>Copies that hosts have set aside.</summary>
    public int SetAside { get; private set; }

    public int AnsweredLibrary { get; private set; }

    public void Add(SimCheckpoint checkpoint) => _checkpoints.Add(checkpoint.Incarnation, checkpoint);

    public void Add(SimOperation operation) => _operations.Add(operation.Id, operation);

    public void OnStarted(SimHost host) => host.Machine.Replicas.Applied = (replica, entry) => OnApplied(host, replica, entry);

    /// <summary>S7: in a view a sequence is one update, whoever sends it.</summary>
    public void OnSend(SimHost host, HostMessage message)
    {
        if (message is not HostMessage.Append append)
            return;
        foreach (var entry in append.Entries)
        {
            if (!_sent.TryGetValue((append.View, append.Incarnation, entry.Sequence), out var known))
                _sent.Add((append.View, append.Incarnation, entry.Sequence), entry);
            else if (known.Body != entry.Body || known.Time != entry.Time || known.View != entry.View)
                Fail("S7", $"{host.Id} sends {entry} in view {append.View}, another host sent {known}");
        }
    }

    /// <summary>A host died or was left out: what only it held may be lost from now on.</summary>
    public void OnEnded(SimHost host) => Recount();

    public void OnRow(View row) => Recount();

    public void OnOutput(SimHost host, MachineOutput output)
    {
        if (output is not MachineOutput.Log { Level: MachineOutput.LogLevel.Error } log || log.Text.StartsWith("left out: ", StringComparison.Ordinal))
            return;
        if (!IsThrowing)
            Fail("log", log.Text);
        if (log.Text.Contains(" is set aside here at update ", StringComparison.Ordinal))
            SetAside++;
        Recount();
    }

    /// <summary>S6, S16: one order, each change once in it, none that was refused, and above all that was answered before it was asked for.</summary>
    private void OnApplied(SimHost host, Replica replica, LogEntry entry)
    {
        if (!_checkpoints.TryGetValue(replica.Id, out var checkpoint))
            return;
        var content = entry.Body as LogBody.Content;
        var text = $"{entry.Body.GetType().Name} {content?.Handle} {entry.Time}";
        if (!checkpoint.Applied.TryAdd(entry.Sequence, text))
        {
            // Of a checkpoint whose content nobody has any more a copy that no longer counted may be all that is left: its order begins again there.
            if (checkpoint.Applied[entry.Sequence] != text && !(replica.IsSetAside && checkpoint.MayBeLost))
                Fail("S6", $"{host.Id} applies '{text}' as {entry.Sequence} of {checkpoint}, another host '{checkpoint.Applied[entry.Sequence]}'");
            return;
        }

        if (entry.Sequence != checkpoint.States.Count)
            Fail("S6", $"{host.Id} applies {entry.Sequence} of {checkpoint} first, and {checkpoint.States.Count} was never applied");
        var state = (ulong?[])checkpoint.States[^1].Clone();
        checkpoint.States.Add(state);
        if (content is null || !_operations.TryGetValue(content.Handle, out var operation))
            return;
        foreach (var section in operation.Sections)
            state[section] = operation.Id;
        if (!checkpoint.SequenceOf.TryAdd(operation.Id, entry.Sequence))
            Fail("S16", $"{operation} is {checkpoint.SequenceOf[operation.Id]} and {entry.Sequence}");
        if (!IsOpen(operation.Status, operation.Reason))
            Fail("S16", $"{operation} was refused and is applied as {entry.Sequence}");
        if (checkpoint.IsSynchronous && entry.Sequence <= operation.Floor)
            Fail("S8", $"{operation} is {entry.Sequence}");
    }

    /// <summary>Stable, applied and acknowledged at one blow; the log has never had it.</summary>
    public void OnWrittenInPlace(SimOperation operation, LogBody.Content body)
    {
        var replica = operation.Host.Machine.Replicas.Find(operation.Checkpoint.Incarnation)!;
        OnApplied(operation.Host, replica, new LogEntry(replica.Mark, operation.Host.Machine.Status().ViewNumber, world.Wall, body));
        OnChanged(operation, ContentResult.Ok);
        WritesInPlace++;
    }

    public void OnChanged(SimOperation operation, ContentResult result)
    {
        Answered(operation, result.Status, result.Reason);
        var checkpoint = operation.Checkpoint;
        var isApplied = checkpoint.SequenceOf.TryGetValue(operation.Id, out var sequence);
        if (result.Status == AisStatus.Ok)
        {
            WritesOk++;
            CheckNotDeleted(operation);
            if (!checkpoint.IsSynchronous)
                return;
            if (!isApplied)
                Fail("S1", $"{operation} is acknowledged and not stable anywhere");
            CheckNotAlone(operation);
            checkpoint.AnsweredFloor = Math.Max(checkpoint.AnsweredFloor, sequence);
        }
        else if (isApplied && !IsOpen(result.Status, result.Reason))
        {
            Fail("S16", $"{operation} is applied as {sequence}: {result.Reason}");
        }
        else if (result.Status == AisStatus.NotExist)
        {
            CheckMayBeAbsent(operation, result.Reason);
        }
    }

    /// <summary>S4, S5, S8: a read sees one state of the one order, not older than anything answered before it was asked for.</summary>
    public void OnRead(SimOperation operation, ReadResult result)
    {
        Answered(operation, result.Status, result.Reason);
        var checkpoint = operation.Checkpoint;
        if (result.Status == AisStatus.NotExist)
            CheckMayBeAbsent(operation, result.Reason);
        if (result.Status != AisStatus.Ok)
            return;
        CheckNotDeleted(operation);
        var values = result.Data.Select(data => BinaryPrimitives.ReadUInt64LittleEndian(data.Span)).ToArray();
        if (!checkpoint.IsSynchronous)
        {
            if (values.Distinct().Count() > 1 && values.Any(value => _operations[value].Sections.Length == SimCheckpoint.SectionCount))
                Fail("S5", $"{operation} saw {string.Join(", ", values)}");
            return;
        }

        for (var sequence = (int)operation.Floor; sequence < checkpoint.States.Count; sequence++)
            if (operation.Sections.Select((section, index) => checkpoint.States[sequence][section] == values[index]).All(isSame => isSame))
            {
                checkpoint.AnsweredFloor = Math.Max(checkpoint.AnsweredFloor, sequence);
                return;
            }

        Fail("S8", $"{operation} saw {string.Join(", ", values)}, which is no state from {operation.Floor} to {checkpoint.States.Count - 1}");
    }

    /// <summary>S10: what was deleted is not there any more.</summary>
    public void OnLive(SimCheckpoint checkpoint, long invokedAt, ReplicaAgentProtocol.Live live)
    {
        if (live.Status == AisStatus.Ok && invokedAt > checkpoint.DeletedAt && live.Incarnations.Contains(checkpoint.Incarnation))
            Fail("S10", $"{checkpoint} was deleted at {checkpoint.DeletedAt} and is live at {invokedAt}");
    }

    /// <summary>S1, S10, S18: at rest every host of the view holds the same bytes of everything that may not be gone, and nothing else.</summary>
    public void CheckAtRest(IReadOnlyList<SimHost> hosts)
    {
        foreach (var checkpoint in Checkpoints)
        {
            var copies = hosts.Select(host => host.Machine.Replicas.Find(checkpoint.Incarnation)).ToArray();
            var held = copies.Count(copy => copy is not null);
            if (held != 0 && held != hosts.Count)
                Fail("S18", $"{checkpoint} is on {held} of {hosts.Count} hosts");
            if (held > 0 && checkpoint.DeletedAt != long.MaxValue)
                Fail("S10", $"{checkpoint} was deleted and is there at rest");
            if (held == 0)
            {
                if (checkpoint is { IsCreated: true, WasDeletionAsked: false, MayBeLost: false })
                    Fail("S1", $"{checkpoint} is lost");
                continue;
            }

            if (copies.Any(copy => !copy!.IsFull))
                Fail("L1", $"{checkpoint} is not full everywhere at rest");
            if (checkpoint.IsSynchronous && !checkpoint.MayBeLost && copies.Any(copy => copy!.Mark < checkpoint.AnsweredFloor))
                Fail("S1", $"{checkpoint} has {copies.Min(copy => copy!.Mark)} at rest, {checkpoint.AnsweredFloor} was answered");
            var whole = copies.Where(copy => !copy!.IsSetAside).ToArray();
            if (whole.Length == 0 && !checkpoint.MayBeLost)
                Fail("S1", $"{checkpoint} is set aside everywhere, though a host of the view always had its content");
            if (whole.Select(copy => (copy!.Mark, Bytes(copy.Table!))).Distinct().Count() > 1)
                Fail("S18", $"{checkpoint} differs: {string.Join(" | ", whole.Select(copy => $"{copy!.Mark} {Bytes(copy.Table!)}"))}");
        }
    }

    public void Fail(string property, string text) =>
        throw new SimViolation($"{property} at {world.Time / 1_000_000} ms, seed {world.Seed}: {text}");

    private void Answered(SimOperation operation, AisStatus status, string? reason)
    {
        if (operation.Status is not null)
            Fail("reply", $"{operation} is answered again: {status}");
        (operation.Status, operation.Reason) = (status, reason);
        Answers++;
        if (status == AisStatus.Library)
            CheckLibrary(operation, reason);
    }

    /// <summary>Does some host of those that run have its content, opened there or not?</summary>
    public bool IsHeld(SimCheckpoint checkpoint) =>
        world.Alive.Any(host => host.Machine.Replicas.Find(checkpoint.Incarnation) is { IsFull: true, IsSetAside: false });

    private bool IsThrowing => world.Profile.Throws > 0 || world.Profile.PoisonPerMille > 0;

    /// <summary>It may be applied or not, for all that its caller was told. A refusal of a check is no such answer.</summary>
    private static bool IsOpen(AisStatus? status, string? reason) =>
        status is null or AisStatus.Ok or AisStatus.Timeout || (status == AisStatus.Library && IsOfSetAside(reason));

    private static bool IsOfSetAside(string? reason) => reason!.Contains(" is set aside at update ", StringComparison.Ordinal);

    /// <summary>A checkpoint says that it is set aside only when no host of the newest view has its content.</summary>
    private void CheckLibrary(SimOperation operation, string? reason)
    {
        AnsweredLibrary++;
        if (!IsThrowing)
            Fail("aside", $"{operation}: {reason}");
        Recount();
        if (IsOfSetAside(reason) && !operation.Checkpoint.MayBeLost)
            Fail("aside", $"{operation}, though a host of the view has its content: {reason}");
    }

    private void CheckNotDeleted(SimOperation operation)
    {
        if (operation.InvokedAt > operation.Checkpoint.DeletedAt)
            Fail("S10", $"{operation} was asked for at {operation.InvokedAt}, after the deletion at {operation.Checkpoint.DeletedAt}");
    }

    /// <summary>S14: a host that nothing came to since it was asked cannot know that others, with a full replica, have the update.</summary>
    private void CheckNotAlone(SimOperation operation)
    {
        if (world.AloneSince(operation.Host.Slot) is not { } since || since > operation.InvokedAt)
            return;
        var others = world.Alive.Where(host => host != operation.Host && world.Journal.Newest!.Hosts.Contains(host.Id)
            && host.Machine.Replicas.Find(operation.Checkpoint.Incarnation) is { IsFull: true, IsSetAside: false }).ToList();
        if (others.Count > 0)
            Fail("S14", $"{operation} is acknowledged by {operation.Host.Id}, alone since {since / 1_000_000} ms; full are {string.Join(", ", others.Select(host => host.Id))}");
    }

    private void CheckMayBeAbsent(SimOperation operation, string? reason)
    {
        var checkpoint = operation.Checkpoint;
        if (checkpoint is { IsSynchronous: true, IsCreated: true, WasDeletionAsked: false, MayBeLost: false }
            && operation.Sections.All(section => checkpoint.States[(int)operation.Floor][section] is not null))
            Fail("S1", $"{operation} found nothing: {reason}");
    }

    private void Recount()
    {
        if (world.Journal.Newest is not { } row)
            return;
        foreach (var checkpoint in Checkpoints)
            checkpoint.MayBeLost |= !world.Hosts.Exists(host => host is { IsAlive: true, IsLeftOut: false } && row.Contains(host.Id) && Holds(host, checkpoint));
    }

    private static bool Holds(SimHost host, SimCheckpoint checkpoint) =>
        host.Machine.Replicas.Find(checkpoint.Incarnation) is { IsFull: true, IsSetAside: false } replica
        && (!replica.IsCollocated || replica.State.Replicas.Contains(host.Id));

    private static string Bytes(SectionTable table) => string.Join(";", table.Select(SectionsChosen.Any, 0)
        .OrderBy(id => id.ToString(), StringComparer.Ordinal)
        .Select(id => $"{id}={Convert.ToHexString(table.Find(id)!.Read(ByteRange.Of(0, ReadElement.Whole)).Span)}@{table.Describe(id)!.LastUpdate}"));
}
