using System.Net.Sockets;
using Checkpoint.Actors.Sessions;
using Checkpoint.Host.Gateway;
using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Tests.Cluster;

/// <summary>A real host with two sockets: one whose clients are answered where their requests arrive, one whose Sessions answer everything.</summary>
public sealed class DirectAnswersSpec : IAsyncLifetime
{
    private static readonly CreationAttributes Attributes = new(CreationFlags.WriteAllReplicas, 0, 0, 1000, 1 << 20, 32);

    private readonly TestGateways _gateways = new();
    private TestCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(1);
        _gateways.Start("direct", _cluster.Hosts[0]);
        _gateways.Start("asked", _cluster.Hosts[0], answersDirectly: false);
    }

    public async Task DisposeAsync()
    {
        _gateways.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact(DisplayName = "Both ways answer every read and write with the same bytes on the socket: data, refusals, closed handles, in the order of the requests")]
    public void Same_bytes()
    {
        using var direct = new RawClient(_gateways.PathOf("direct"), "safCkpt=direct");
        using var asked = new RawClient(_gateways.PathOf("asked"), "safCkpt=asked");
        var handle = direct.Open(OpenFlags.Create | OpenFlags.Read | OpenFlags.Write);
        Assert.Equal(handle, asked.Open(OpenFlags.Create | OpenFlags.Read | OpenFlags.Write));
        var blind = direct.Open(OpenFlags.Write);
        Assert.Equal(blind, asked.Open(OpenFlags.Write));
        foreach (var (id, bytes) in new[] { ("small", 64), ("pages", 50_000), ("large", 300_000) })
            Assert.All(new[] { direct, asked }, client => client.Ok(new Change(handle, new ContentOp.CreateSection(
                new SectionId(id), AisTime.End, Enumerable.Range(0, bytes).Select(at => (byte)(at * 7)).ToArray()))));

        Command[] commands =
        [
            Reading(handle, "small", 0, 64), Reading(handle, "small", 60, 64), Reading(handle, "pages", 0, ReadElement.Whole),
            Reading(handle, "large", 0, ReadElement.Whole), Reading(handle, "large", 16_000, 1_000), Reading(handle, "absent", 0, 1),
            Reading(handle, "small", 65, 1), Reading(handle, "small", 0, 2 << 20), Reading(blind, "small", 0, 1), Reading(99, "small", 0, 1),
            new Read(handle, []),
            new Read(handle, [new(new SectionId("small"), 1, 2), new(new SectionId("pages"), 16_380, 8), new(new SectionId("small"), 0, 0)]),
            Writing(handle, "small", 3, 10), Reading(handle, "small", 0, 64), Writing(handle, "small", 60, 5), Writing(handle, "absent", 0, 1),
            Writing(handle, "pages", 16_380, 8), Reading(handle, "pages", 16_370, 30), Writing(blind, "small", 0, 1), Writing(99, "small", 0, 1),
            new Change(handle, new ContentOp.Overwrite(new SectionId("small"), new byte[65])), new Change(handle, new ContentOp.Write([])),
            new Change(handle, new ContentOp.Overwrite(new SectionId("small"), new byte[7])), Writing(handle, "small", 0, 8), Writing(handle, "small", 0, 0),
            Writing(handle, "small", (1 << 20) - 1, 2), Reading(handle, "small", 0, 64),
            new GetStatus(handle), Reading(handle, "small", 0, 64), new Close(handle), Reading(handle, "small", 0, 64),
        ];
        Assert.All(commands, command => Assert.Equal(asked.Ask(command), direct.Ask(command)));
    }

    private static Read Reading(ulong handle, string id, long offset, long size) => new(handle, [new(new SectionId(id), offset, size)]);

    private static Change Writing(ulong handle, string id, long offset, int length) => new(
        handle, new ContentOp.Write([new(new SectionId(id), offset, Enumerable.Range(0, length).Select(at => (byte)(at + offset)).ToArray())]));

    /// <summary>One request after the other, each answered by the frames that came for it.</summary>
    private sealed class RawClient : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
        private readonly NetworkStream _stream;
        private readonly FrameWriter _writer;
        private readonly CheckpointName _name;
        private ulong _lastId;

        public RawClient(string path, string name)
        {
            _name = new CheckpointName(name);
            _socket.Connect(new UnixDomainSocketEndPoint(path));
            _stream = new NetworkStream(_socket, ownsSocket: false);
            _writer = new FrameWriter(_stream);
            _socket.Send(GatewayFrame.Preamble(SessionProtocol.Version));
            _writer.Write(new Hello(SessionProtocol.Version, "raw", AisVersion.B11, Profile.OpenAis));
            _stream.ReadExactly(new byte[GatewayFrame.PreambleBytes]);
            Assert.IsType<Welcome>(SessionCodec.Read(Frame()[GatewayFrame.HeaderBytes..]));
        }

        public ulong Open(OpenFlags flags) => ((Opened)Ok(new Open(
            _name, flags, flags.HasFlag(OpenFlags.Create) ? Attributes : null)).Body!).Handle;

        public Answer Ok(Command command)
        {
            var answer = (Answer)SessionCodec.Read(Ask(command).AsMemory(GatewayFrame.HeaderBytes..));
            Assert.Equal((AisStatus.Ok, _lastId), (answer.Status, answer.Id));
            return answer;
        }

        /// <summary>All frames of the answer.</summary>
        public byte[] Ask(Command command)
        {
            _writer.Write(new Request(++_lastId, 30_000_000_000, command));
            var assembler = new ParcelAssembler(10_000_000);
            for (List<byte> frames = []; ;)
            {
                var frame = Frame();
                frames.AddRange(frame);
                var (type, _) = GatewayFrame.ReadHeader(frame);
                if (type == FrameType.Message || assembler.Add(Parcel.Read(frame.AsMemory(GatewayFrame.HeaderBytes..))).Message is not null)
                    return [.. frames];
            }
        }

        public void Dispose()
        {
            _stream.Dispose();
            _socket.Dispose();
        }

        private byte[] Frame()
        {
            var header = new byte[GatewayFrame.HeaderBytes];
            _stream.ReadExactly(header);
            var frame = new byte[header.Length + GatewayFrame.ReadHeader(header).PayloadBytes];
            header.CopyTo(frame, 0);
            _stream.ReadExactly(frame.AsSpan(header.Length));
            return frame;
        }
    }
}
