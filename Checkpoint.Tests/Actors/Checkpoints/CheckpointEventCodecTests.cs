using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;
using Xunit;
using static Checkpoint.Actors.Checkpoints.CheckpointEvents;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

public sealed class CheckpointEventCodecTests
{
    private const string One = "01000000000000000000000000000000";
    private const string AttributesHex = "0100000000100000000000000" + "0e40b540200000004000000000400000000000010000000" + "00000000";
    private const string HostHex = "0e0000003132372e302e302e313a343035320c00000000000000";

    private const string ByHex = "03000000010000000000000000000000" + "0500000000000000" + "0400000000000000" + "0900000000000000";

    private static readonly RequestOrigin By = new(Session(3), 5, 4, 9);

    /// <summary>Version 2: the same events, written for a request.</summary>
    public static TheoryData<string, string> GoldenOfRequests => new()
    {
        { "C", "02" + One + AttributesHex + "0500000000000000" + ByHex },
        { "R", "02" + One + "ffffffffffffff7f" + ByHex },
        { "L", "02" + One + "0600000000000000" + ByHex },
        { "A", "02" + One + HostHex + ByHex },
        { "U", "02" + One + ByHex },
        { "D", "02" + One + "02" + ByHex },
        {
            "K", "02" + "0d00736166436b70743d776f726473" + "0800000000000000" + "02000000"
                + One + AttributesHex + "0500000000000000" + "0700000000000000" + "01" + "0600000000000000" + "01" + "01" + HostHex
                + "01" + "03000000010000000000000000000000" + "0500000000000000"
                + "02000000000000000000000000000000" + AttributesHex + "0900000000000000" + "0700000000000000" + "00" + "00" + "00" + "00"
                + "01000000" + "03000000010000000000000000000000" + "0400000000000000" + "0900000000000000" + "01000000" + "0500000000000000"
        },
    };

    private static readonly Dictionary<string, IEvent> EventsOfRequests = new()
    {
        ["C"] = new Created(Incarnation(1), Attributes, 5, By),
        ["R"] = new RetentionSet(Incarnation(1), AisTime.End, By),
        ["L"] = new ClosedLast(Incarnation(1), 6, By),
        ["A"] = new ActiveNamed(Incarnation(1), B, By),
        ["U"] = new Unlinked(Incarnation(1), By),
        ["D"] = new Deleted(Incarnation(1), DeletionReason.RetentionEnded, By),
        ["K"] = new Kept(
            Name,
            8,
            [
                new KeptIncarnation(Incarnation(1), Attributes, 5, 7, 6, true, B, By.Id),
                new KeptIncarnation(Incarnation(2), Attributes, 9, 7, null, false, null),
            ])
        {
            Requests = RequestMemory.Empty.With(By, isDone: true),
        },
    };

    public static TheoryData<string, string> Golden => new()
    {
        { "T", "01" + "0d00736166436b70743d776f726473" + "0700000000000000" },
        { "C", "01" + One + AttributesHex + "0500000000000000" },
        { "R", "01" + One + "ffffffffffffff7f" },
        { "O", "01" + One },
        { "L", "01" + One + "0600000000000000" },
        { "A", "01" + One + HostHex },
        { "U", "01" + One },
        { "D", "01" + One + "02" },
        {
            "K", "01" + "0d00736166436b70743d776f726473" + "0800000000000000" + "02000000"
                + One + AttributesHex + "0500000000000000" + "0700000000000000" + "01" + "0600000000000000" + "01" + "01" + HostHex
                + "02000000000000000000000000000000" + AttributesHex + "0900000000000000" + "0700000000000000" + "00" + "00" + "00"
        },
    };

    private static readonly Dictionary<string, IEvent> Events = new()
    {
        ["T"] = new TermStarted(Name, 7),
        ["C"] = new Created(Incarnation(1), Attributes, 5),
        ["R"] = new RetentionSet(Incarnation(1), AisTime.End),
        ["O"] = new OpenedFirst(Incarnation(1)),
        ["L"] = new ClosedLast(Incarnation(1), 6),
        ["A"] = new ActiveNamed(Incarnation(1), B),
        ["U"] = new Unlinked(Incarnation(1)),
        ["D"] = new Deleted(Incarnation(1), DeletionReason.RetentionEnded),
        ["K"] = new Kept(
            Name,
            8,
            [
                new KeptIncarnation(Incarnation(1), Attributes, 5, 7, 6, true, B),
                new KeptIncarnation(Incarnation(2), Attributes, 9, 7, null, false, null),
            ]),
    };

    [Theory(DisplayName = "The journal's bytes are these for ever")]
    [MemberData(nameof(Golden))]
    public void Golden_bytes(string manifest, string hex)
    {
        var e = Events[manifest];
        Assert.Equal(manifest, CheckpointEventCodec.ManifestOf(e));
        Assert.Equal(hex, Convert.ToHexStringLower(CheckpointEventCodec.Encode(e)));
        Equal(e, CheckpointEventCodec.Decode(manifest, Convert.FromHexString(hex)));
    }

    [Theory(DisplayName = "The journal's bytes of what a request wrote are these for ever")]
    [MemberData(nameof(GoldenOfRequests))]
    public void Golden_bytes_of_requests(string manifest, string hex)
    {
        var e = EventsOfRequests[manifest];
        Assert.Equal(hex, Convert.ToHexStringLower(CheckpointEventCodec.Encode(e)));
        Equal(e, CheckpointEventCodec.Decode(manifest, Convert.FromHexString(hex)));
    }

    [Fact(DisplayName = "Every event has golden bytes")]
    public void All_golden()
    {
        var types = typeof(CheckpointEvents).GetNestedTypes().Where(type => type.IsAssignableTo(typeof(IEvent)) && !type.IsInterface);
        Assert.Equal(types.ToHashSet(), Events.Values.Select(e => e.GetType()).ToHashSet());
    }

    [Theory(DisplayName = "Every cut of an event, and every byte more, is refused")]
    [MemberData(nameof(Golden))]
    [MemberData(nameof(GoldenOfRequests))]
    public void Cut(string manifest, string hex)
    {
        var bytes = Convert.FromHexString(hex);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<WireFormatException>(() => CheckpointEventCodec.Decode(manifest, bytes.AsMemory(0, length)));
        Assert.Throws<WireFormatException>(() => CheckpointEventCodec.Decode(manifest, (byte[])[.. bytes, 0]));
    }

    [Fact(DisplayName = "Another version, another manifest or another reason of deletion is refused")]
    public void Unknown()
    {
        Assert.Throws<WireFormatException>(() => CheckpointEventCodec.Decode("O", Convert.FromHexString("02" + One)));
        Assert.Throws<WireFormatException>(() => CheckpointEventCodec.Decode("U", Convert.FromHexString("03" + One)));
        Assert.Throws<WireFormatException>(() => CheckpointEventCodec.Decode("Z", Convert.FromHexString("01" + One)));
        Assert.Throws<WireFormatException>(() => CheckpointEventCodec.Decode("D", Convert.FromHexString("01" + One + "63")));
    }

    /// <summary>An immutable array compares by reference, so its items are compared one by one.</summary>
    private static void Equal(IEvent expected, IEvent actual)
    {
        if (expected is Kept kept && actual is Kept read)
        {
            Assert.Equal<KeptIncarnation>(kept.Incarnations, read.Incarnations);
            Assert.Equal(kept.Requests.Askers.OrderBy(entry => entry.Key.Value), read.Requests.Askers.OrderBy(entry => entry.Key.Value));
            Assert.Equal(kept with { Incarnations = read.Incarnations, Requests = read.Requests }, read);
        }
        else
        {
            Assert.Equal(expected, actual);
        }
    }
}
