using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// Answers one client's reads on the thread that received them, when what this host holds is the answer: no actor, no object for each
/// call. It knows plain success only and answers that as the Session would, byte for byte; all else is the Session's. Not thread-safe.
/// </summary>
/// <param name="frameMaxBytes">Larger answers are the Session's too.</param>
public sealed class DirectReader(MachineGate machine, ReadableHandles handles, int frameMaxBytes)
{
    /// <summary>An answer's bytes before its first buffer, header included, are fewer.</summary>
    private const int OverheadBytes = 64;

    private readonly ReadRequest _request = new();
    private readonly FoundBytes[] _found = new FoundBytes[ReadRequest.ElementsMax];
    private readonly FrameEncoder _encoder = new();

    /// <returns>The frame of the answer, valid until the next call; empty when the message is not for here.</returns>
    /// <exception cref="WireFormatException">A Read that is none.</exception>
    public ReadOnlyMemory<byte> TryAnswer(ReadOnlyMemory<byte> message)
    {
        if (!_request.TryDecode(message) || _request.Budget < 0 || !handles.TryFind(_request.Handle, out var incarnation))
            return default;
        var found = _found.AsSpan(0, _request.Elements.Length);
        var frame = machine.TryRead(incarnation, _request.Elements, found) && Fits(found) ? Encode(found) : default;
        found.Clear(); // A section that is replaced meanwhile is not to live on here.
        return frame;
    }

    private bool Fits(ReadOnlySpan<FoundBytes> found)
    {
        var bytes = (long)OverheadBytes;
        foreach (var part in found)
            bytes += sizeof(uint) + part.Length;
        return bytes <= frameMaxBytes;
    }

    private ReadOnlyMemory<byte> Encode(ReadOnlySpan<FoundBytes> found)
    {
        var to = _encoder.Begin();
        SessionCodec.BeginData(to, _request.Id, found.Length);
        foreach (var part in found)
        {
            to.U32((uint)part.Length);
            part.Section.CopyTo(part.Offset, to.Space(part.Length));
        }

        return _encoder.End();
    }
}
