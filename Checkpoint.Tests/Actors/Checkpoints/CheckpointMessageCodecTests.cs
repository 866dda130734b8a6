using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;
using Xunit;
using static Checkpoint.Actors.Checkpoints.CheckpointProtocol;
using static Checkpoint.Actors.Sessions.SessionRegistryProtocol;
using static Checkpoint.Tests.Actors.Checkpoints.Some;

namespace Checkpoint.Tests.Actors.Checkpoints;

public sealed class CheckpointMessageCodecTests
{
    private static readonly Opener OnA = Opener(A, handle: 3);

    private static readonly object[] Messages =
    [
        Some.Open(OnA, number: 2, deadline: 9),
        Some.Create(OnA, number: 2, deadline: 9),
        Some.Open(OnA, reattach: Incarnation(4)),
        Some.Close(Incarnation(1), OnA, number: 5),
        new Unlink(Name, 6, 9) { Asker = Session(3), AnsweredTo = 5 },
        new SetRetention(Name, 7, 9, Incarnation(1), AisTime.End),
        new SetActive(Name, 8, 9, Incarnation(1), B),
        new Describe(Name, 9, 9),
        new Ping(Name, 10, 9),
        new Opened(11, Incarnation(1), Attributes),
        new Described(12, Incarnation(1), 5, Attributes, 6, [OnA, Opener(B, session: 2)]),
        new Done(13),
        new Refused(14, AisStatus.TryAgain, "later"),
        new RollCall(Name, 15, 16),
        new Present(Name, 15, 16, A, 3, [new OpenPresent(default, OnA), new OpenPresent(Incarnation(1), Opener(A, session: 2))]),
    ];

    [Fact(DisplayName = "Every message is read as it was written")]
    public void Round_trip()
    {
        foreach (var message in Messages)
        {
            var read = CheckpointMessageCodec.Decode(CheckpointMessageCodec.ManifestOf(message), CheckpointMessageCodec.Encode(message));
            switch (message, read)
            {
                case (Described d, Described r):
                    Assert.Equal(d.Openers, r.Openers);
                    Assert.Equal(d with { Openers = r.Openers }, r);
                    break;
                case (Present p, Present r):
                    Assert.Equal(p.Opens, r.Opens);
                    Assert.Equal(p with { Opens = r.Opens }, r);
                    break;
                default:
                    Assert.Equal(message, read);
                    break;
            }
        }
    }

    [Fact(DisplayName = "Every command, reply and roll call message has bytes")]
    public void Complete()
    {
        var types = typeof(CheckpointProtocol).GetNestedTypes().Concat(typeof(SessionRegistryProtocol).GetNestedTypes())
            .Where(type => !type.IsInterface && type != typeof(Opener) && type != typeof(OpenPresent));
        Assert.Equal(types.ToHashSet(), Messages.Select(message => message.GetType()).ToHashSet());
    }

    [Fact(DisplayName = "Golden bytes of an open, a roll call's answer and a refusal")]
    public void Golden()
    {
        const string name = "0d00736166436b70743d776f726473";
        const string host = "0e0000003132372e302e302e313a343035310b00000000000000";
        const string session = "01000000010000000000000000000000";
        Golden(
            Some.Open(OnA, number: 2, deadline: 9, reattach: Incarnation(4)) with { Asker = Session(1), AnsweredTo = 1 },
            name + "0200000000000000" + "0900000000000000" + session + "0100000000000000" + host + session + "0300000000000000" + "03" + "00" + "01" + "01"
                + "04000000000000000000000000000000");
        Golden(
            new Present(Name, 15, 16, A, 3, [new OpenPresent(default, OnA)]),
            name + "0f00000000000000" + "1000000000000000" + host + "0300000000000000"
                + "01000000" + host + "01000000" + "00000000000000000000000000000000" + "01000000" + session
                + "01000000" + "0000" + "0000" + "0000" + "0300000000000000" + "03");
        Golden(new Refused(14, AisStatus.TryAgain, "later"), "0e00000000000000" + "06000000" + "050000006c61746572");

        static void Golden(object message, string hex) => Assert.Equal(hex, Convert.ToHexStringLower(CheckpointMessageCodec.Encode(message)));
    }

    [Fact(DisplayName = "Every cut of a message, and every byte more, is refused")]
    public void Cut()
    {
        foreach (var message in Messages)
        {
            var manifest = CheckpointMessageCodec.ManifestOf(message);
            var bytes = CheckpointMessageCodec.Encode(message);
            for (var length = 0; length < bytes.Length; length++)
                Assert.Throws<WireFormatException>(() => CheckpointMessageCodec.Decode(manifest, bytes.AsMemory(0, length)));
            Assert.Throws<WireFormatException>(() => CheckpointMessageCodec.Decode(manifest, (byte[])[.. bytes, 0]));
        }
    }

    [Fact(DisplayName = "A roll call's answer with all the opens that a name may have stays below 256 KiB")]
    public void Full_roll_call()
    {
        var opens = Enumerable.Range(0, CheckpointRules.OpenersMax)
            .Select(i => new OpenPresent(Incarnation(1), Opener(A, session: i, handle: (ulong)i)))
            .ToList();
        Assert.InRange(CheckpointMessageCodec.Encode(new Present(Name, 1, 1, A, 1, opens)).Length, 1, 256 * 1024);
    }
}
