using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// The machine of this host for more than one thread: the agent's steps, one at a time, and in between the reads of threads that serve clients.
/// A read sees the machine as the agent's own next command would, so it needs no rules of its own about views, marks and the
/// lease; and no acknowledgement leaves this host before a read here sees what it acknowledges, since outputs are carried out after the
/// step.
/// </summary>
/// <param name="clock">Its timestamps are nanoseconds.</param>
public sealed class MachineGate(HostMachine machine, TimeProvider clock)
{
    /// <summary>A reader that a long step holds up longer than this asks the agent instead; a reader itself stays far below a microsecond an element.</summary>
    private const int PatienceMilliseconds = 1;

    private readonly Lock _gate = new();
    private bool _isWhole = true;

    internal void Step(MachineInput input, List<MachineOutput> outputs)
    {
        lock (_gate)
        {
            _isWhole = false; // Stays so if the machine throws: what is half changed is not read.
            machine.Step(input, clock.GetTimestamp(), AisTime.Now(clock), outputs);
            _isWhole = true;
        }
    }

    /// <summary>The agent has stopped: nobody keeps the machine up to date any more.</summary>
    internal void Close()
    {
        lock (_gate)
            _isWhole = false;
    }

    /// <summary>Reads what this host may answer by itself at this moment, without waiting for anything but the gate. Makes no object.</summary>
    /// <param name="found">Gets the answer to each element.</param>
    /// <returns>False for everything that is not plain success; then the agent is to be asked, and <paramref name="found"/> is of no use.</returns>
    public bool TryRead(IncarnationId incarnation, ReadOnlySpan<ReadRequest.Element> elements, Span<FoundBytes> found)
    {
        if (!_gate.TryEnter(PatienceMilliseconds))
            return false;
        try
        {
            return _isWhole && machine.TryRead(incarnation, elements, found) && machine.HasLeaseAt(clock.GetTimestamp());
        }
        finally
        {
            _gate.Exit();
        }
    }
}
