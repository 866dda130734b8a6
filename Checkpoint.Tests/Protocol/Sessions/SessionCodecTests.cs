using Checkpoint.Protocol;
using CsCheck;

namespace Checkpoint.Tests.Protocol.Sessions;

public sealed class SessionCodecTests
{
    /// <summary>The C library's tests read the same file.</summary>
    private static readonly string GoldenPath = Path.Combine(AppContext.BaseDirectory, "Protocol", "Sessions", "session-golden.txt");

    [Fact(DisplayName = "The bytes of every message are those of the golden file")]
    public void Golden_bytes()
    {
        var actual = SessionSamples.All.Select(sample => $"{sample.Name} {Convert.ToHexStringLower(SessionCodec.Encode(sample.Message))}");
        var golden = File.ReadAllLines(GoldenPath).Where(line => line.Length > 0 && line[0] != '#');
        Assert.Equal(golden, actual);
    }

    [Fact(DisplayName = "The samples name every message, command and result that the protocol has")]
    public void Samples_are_complete()
    {
        var have = SessionSamples.All.SelectMany(sample => Parts(sample.Message)).ToHashSet();
        var want = typeof(SessionProtocol).GetNestedTypes().Where(type => !type.IsAbstract).Where(type =>
            type.IsAssignableTo(typeof(SessionProtocol.IMessage))
            || type.IsSubclassOf(typeof(SessionProtocol.Command))
            || type.IsSubclassOf(typeof(SessionProtocol.Result)));
        Assert.Empty(want.Except(have));
    }

    [Fact(DisplayName = "What was read is what was written: kind, fields and bytes")]
    public void Round_trip()
    {
        foreach (var (name, message) in SessionSamples.All)
        {
            var bytes = SessionCodec.Encode(message);
            var read = SessionCodec.Read(bytes);
            Assert.Equal(Parts(message), Parts(read));
            Assert.True(bytes.AsSpan().SequenceEqual(SessionCodec.Encode(read)), name);
        }
    }

    [Fact(DisplayName = "A vector write keeps its elements, offsets and bytes")]
    public void Write_round_trip()
    {
        var write = new ContentOp.Write([new(new SectionId("a"), 5, new byte[] { 1, 2 }), new(default, long.MaxValue, new byte[] { 3 })]);
        var read = (SessionProtocol.Request)SessionCodec.Read(SessionCodec.Encode(new SessionProtocol.Request(8, 9, new SessionProtocol.Change(7, write))));
        var change = Assert.IsType<SessionProtocol.Change>(read.Command);
        var elements = Assert.IsType<ContentOp.Write>(change.Op).Elements;

        Assert.Equal((8UL, 9L, 7UL), (read.Id, read.Budget, change.Handle));
        Assert.Equal(
            [("a", 5L, "0102"), ("(default)", long.MaxValue, "03")],
            elements.Select(element => (element.Id.ToString(), element.Offset, Convert.ToHexString(element.Data.Span))));
    }

    [Fact(DisplayName = "The size hint is never below the bytes and not far above them")]
    public void Size_hint()
    {
        SessionProtocol.IMessage many = new SessionProtocol.Answer(1, AisStatus.Ok, Body: new SessionProtocol.Sections(
            Enumerable.Range(0, 1000).Select(i => new SectionDescriptor(new SectionId($"section {i}"), 1, 2, SectionState.Valid, 3)).ToList()));
        foreach (var message in SessionSamples.All.Select(sample => sample.Message).Append(many))
        {
            var bytes = SessionCodec.Encode(message).Length;
            Assert.InRange(SessionCodec.SizeHint(message), bytes, (bytes * 1.2) + 2600);
        }
    }

    [Fact(DisplayName = "Manifests differ from each other and from a parcel's")]
    public void Manifests()
    {
        var manifests = SessionSamples.All.Select(sample => sample.Message).DistinctBy(message => message.GetType()).Select(SessionCodec.ManifestOf).ToList();
        Assert.Equal(manifests.Count, manifests.Append(Parcel.Manifest).Distinct().Count() - 1);
    }

    [Fact(DisplayName = "Random bytes and damaged messages are format errors and nothing else")]
    public void Fuzz()
    {
        Gen.Byte.Array[0, 200].Sample(ReadOrRefuse, iter: 20_000);

        var valid = SessionSamples.All.Select(sample => SessionCodec.Encode(sample.Message)).ToArray();
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 1000], Gen.Byte, Gen.Int[-4, 4]).Sample((which, at, value, grow) =>
        {
            var damaged = valid[which].ToArray();
            damaged[at % damaged.Length] = value;
            Array.Resize(ref damaged, Math.Max(0, damaged.Length + grow));
            ReadOrRefuse(damaged);
        }, iter: 50_000);
    }

    [Fact(DisplayName = "A count or length of four thousand million allocates nothing")]
    public void Announced_lengths_do_not_allocate()
    {
        byte[][] liars =
        [
            [5, .. new byte[16], 9, .. new byte[8], 0xFF, 0xFF, 0xFF, 0xFF],
            [6, .. new byte[8], 1, 0, 0, 0, 0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF],
            [7, .. new byte[16], 0xFF, 0xFF, 0xFF, 0x7F],
            [1, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF],
        ];
        ReadAll(liars);

        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadAll(liars);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, 64 * 1024);
    }

    private static void ReadAll(byte[][] liars)
    {
        foreach (var liar in liars)
            Assert.Throws<WireFormatException>(() => SessionCodec.Read(liar));
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            var message = SessionCodec.Read(bytes);
            Assert.NotNull(message);
        }
        catch (WireFormatException)
        {
            // The one answer to bytes that are no message.
        }
    }

    /// <summary>The types of a message and of what it carries.</summary>
    private static List<Type> Parts(SessionProtocol.IMessage message) => message switch
    {
        SessionProtocol.Request request => [message.GetType(), request.Command.GetType()],
        SessionProtocol.Answer { Body: { } body } => [message.GetType(), body.GetType()],
        _ => [message.GetType()],
    };
}
