using System.Net.Sockets;
using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Tests.Processes;

/// <summary>A program on the local socket that opens a checkpoint, asks, and reads no answer.</summary>
internal sealed class DeafClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 60_000, SendTimeout = 60_000 };
    private readonly FrameWriter _writer;
    private readonly ulong _handle;
    private ulong _lastId = 1;

    public DeafClient(string socketPath, CheckpointName checkpoint)
    {
        _socket.Connect(new UnixDomainSocketEndPoint(socketPath));
        var stream = new NetworkStream(_socket, ownsSocket: false);
        _writer = new FrameWriter(stream);
        stream.Write(GatewayFrame.Preamble(SessionProtocol.Version));
        _writer.Write(new Hello(SessionProtocol.Version, "deaf", AisVersion.B22, Profile.OpenSaf));
        _writer.Write(new Request(1, AisTime.End, new Open(checkpoint, OpenFlags.Read | OpenFlags.Write, null)));
        stream.ReadExactly(new byte[GatewayFrame.PreambleBytes]);
        var reader = new FrameReader(stream, 1 << 20);
        while (true)
        {
            if (reader.Read()!.Value.Message is Answer { Id: 1 } answer)
            {
                _handle = Assert.IsType<Opened>(answer.Body).Handle;
                return;
            }
        }
    }

    /// <summary>Sends reads of a whole section and reads nothing any more.</summary>
    public void Ask(SectionId section, int times)
    {
        for (var i = 0; i < times; i++)
            _writer.Write(new Request(++_lastId, AisTime.End, new Read(_handle, [new ReadElement(section, 0, ReadElement.Whole)])));
    }

    /// <summary>Begins a write of so many bytes and never ends it.</summary>
    public void BeginWrite(SectionId section, int bytes)
    {
        var request = SessionCodec.Encode(new Request(++_lastId, AisTime.End, new Change(_handle, new ContentOp.Overwrite(section, new byte[bytes]))));
        var piece = ParcelSplitter.Split(1, request).First();
        var frame = new byte[GatewayFrame.HeaderBytes + Parcel.HeaderBytes + piece.Bytes.Length];
        GatewayFrame.WriteHeader(frame, FrameType.Piece, Parcel.HeaderBytes + piece.Bytes.Length);
        piece.WriteHeader(frame.AsSpan(GatewayFrame.HeaderBytes));
        piece.Bytes.CopyTo(frame.AsMemory(GatewayFrame.HeaderBytes + Parcel.HeaderBytes));
        _socket.Send(frame);
    }

    public void Dispose() => _socket.Dispose();
}
