using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// The machine of this host for more than one thread: the agent's steps, one at a time, and in between the reads and writes of threads that
/// serve clients. These see the machine as the agent's own next command would, so they need no rules of their own about views, marks and the
/// lease; and no acknowledgement leaves this host before a read here sees what it acknowledges, since outputs are carried out after the
/// step.
/// </summary>
/// <param name="clock">Its timestamps are nanoseconds.</param>
public sealed class MachineGate(HostMachine machine, TimeProvider clock)
{
    /// <summary>A reader that a long step holds up longer than this asks the agent instead; a reader itself copies a frame's bytes at the most.</summary>
    private const int ReadPatienceMilliseconds = 1;

    /// <summary>The agent would take a write no sooner, and the client's next ones would have to wait for that one's answer.</summary>
    private const int WritePatienceMilliseconds = 100;

    private readonly Lock _gate = new();
    private bool _isWhole = true;
    private Exception? _failure;

    internal void Step(MachineInput input, List<MachineOutput> outputs)
    {
        lock (_gate)
        {
            if (_failure is not null)
                throw new InvalidOperationException("A write beside the agent's steps has failed.", _failure);
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
    /// <param name="to">Gets the answer to each element, as its u32 length and its bytes.</param>
    /// <param name="bytesMax">Longer answers are the agent's.</param>
    /// <returns>False for everything that is not plain success; then the agent is to be asked, and what was written is of no use.</returns>
    public bool TryRead(IncarnationId incarnation, ReadOnlySpan<ReadRequest.Element> elements, WireWriter to, int bytesMax)
    {
        if (!_gate.TryEnter(ReadPatienceMilliseconds))
            return false;
        try
        {
            return _isWhole && machine.TryRead(incarnation, elements, to, bytesMax) && machine.HasLeaseAt(clock.GetTimestamp());
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>
    /// Applies a write that is stable at once, because no other host has to hear of it, and that needs no new memory in the long run. Makes
    /// no object but once a step for each section, and for each page of it, that is written.
    /// </summary>
    /// <param name="isOverwrite">The elements are whole contents.</param>
    /// <param name="budget">Nanoseconds that the caller waits.</param>
    /// <returns>False for everything that is not plain success; then nothing was applied, and the agent is to be asked.</returns>
    public bool TryWrite(IncarnationId incarnation, ReadOnlySpan<WriteRequest.Element> elements, bool isOverwrite, long budget)
    {
        if (!_gate.TryEnter((int)Math.Min(WritePatienceMilliseconds, budget / AisTime.NanosecondsPerMillisecond)))
            return false;
        try
        {
            if (!_isWhole)
                return false;
            _isWhole = false;
            var isDone = machine.TryWrite(incarnation, elements, isOverwrite, clock.GetTimestamp(), AisTime.Now(clock));
            _isWhole = true;
            return isDone;
        }
        catch (Exception e)
        {
            _failure = e; // The agent's next step fails of it, and the host ends as it does when a step fails. Till then it answers nothing.
            return false;
        }
        finally
        {
            _gate.Exit();
        }
    }
}
