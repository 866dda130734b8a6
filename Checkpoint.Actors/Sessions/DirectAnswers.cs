using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// Answers one client's reads and writes on the thread that received them, when this host alone decides: no actor, no object for each
/// call. It knows plain success only and answers that as the Session would, byte for byte; all else is the Session's. Not thread-safe.
/// </summary>
/// <param name="frameMaxBytes">Larger answers are the Session's too.</param>
public sealed class DirectAnswers(MachineGate machine, DirectHandles handles, int frameMaxBytes)
{
    /// <summary>An answer's bytes before its first buffer, header included, are fewer.</summary>
    private const int OverheadBytes = 64;

    private readonly ReadRequest _read = new();
    private readonly WriteRequest _write = new();
    private readonly FrameEncoder _encoder = new();

    /// <returns>The frame of the answer, valid until the next call; empty when the message is not for here.</returns>
    /// <exception cref="WireFormatException">A Read that is none.</exception>
    public ReadOnlyMemory<byte> TryRead(ReadOnlyMemory<byte> message)
    {
        if (!_read.TryDecode(message) || _read.Budget < 0 || !handles.TryFind(_read.Handle, OpenFlags.Read, out var incarnation))
            return default;
        var to = _encoder.Begin();
        SessionCodec.BeginData(to, _read.Id, _read.Elements.Length);
        return machine.TryRead(incarnation, _read.Elements, to, frameMaxBytes - OverheadBytes) ? _encoder.End() : default;
    }

    /// <summary>To be called while the client has nothing else under way: a write here passes by everything that the Session has.</summary>
    /// <returns>The frame of the answer, valid until the next call, of a write that was applied; empty when the message is not for here.</returns>
    /// <exception cref="WireFormatException">A write that is none.</exception>
    public ReadOnlyMemory<byte> TryWrite(ReadOnlyMemory<byte> message)
    {
        if (!_write.TryDecode(message) || _write.Budget < 0 || !handles.TryFind(_write.Handle, OpenFlags.Write, out var incarnation)
            || !machine.TryWrite(incarnation, _write.Elements, _write.IsOverwrite, _write.Budget == 0 ? long.MaxValue : _write.Budget))
            return default;
        SessionCodec.WriteDone(_encoder.Begin(), _write.Id);
        return _encoder.End();
    }
}
