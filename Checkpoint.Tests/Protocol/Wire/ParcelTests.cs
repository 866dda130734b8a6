using Checkpoint.Protocol;
using CsCheck;

namespace Checkpoint.Tests.Protocol.Wire;

public sealed class ParcelTests
{
    [Fact(DisplayName = "64 MiB come back whole from pieces that each stay below a frame, also mixed with another message")]
    public void Large_message()
    {
        var large = Pattern(64 * 1024 * 1024, 7);
        var other = Pattern(500_000, 11);
        var assembler = new ParcelAssembler(128L * 1024 * 1024);
        var pieces = ParcelSplitter.Split(1, large).ToList();
        Assert.All(pieces, piece => Assert.True(piece.Encode().Length < GatewayFrame.PayloadMaxBytes));

        List<ReadOnlyMemory<byte>> whole = [];
        foreach (var piece in Mixed(pieces, ParcelSplitter.Split(2, other)))
            if (assembler.Add(Parcel.Read(piece.Encode())).Message is { } message)
                whole.Add(message);

        Assert.Equal(2, whole.Count);
        Assert.True(whole[0].Span.SequenceEqual(other));
        Assert.True(whole[1].Span.SequenceEqual(large));
        Assert.Equal(0, assembler.BytesHeld);
    }

    [Fact(DisplayName = "A parcel above the limit gives its head once, its rest is swallowed, and the next one passes")]
    public void Refused_parcel()
    {
        var assembler = new ParcelAssembler(1_000_000);
        var outcomes = ParcelSplitter.Split(1, Pattern(2_000_000, 3)).Select(assembler.Add).ToList();

        Assert.Single(outcomes, outcome => outcome.RefusedHead is not null);
        Assert.DoesNotContain(outcomes, outcome => outcome.Message is not null);
        Assert.Equal(0, assembler.BytesHeld);
        Assert.NotNull(ParcelSplitter.Split(1, Pattern(900_000, 3)).Select(assembler.Add).ToList()[^1].Message);
    }

    [Fact(DisplayName = "Tiny, missing, repeated and too many pieces are format errors")]
    public void Bad_pieces()
    {
        var piece = Pattern(ParcelSplitter.PieceMinBytes, 1);
        Assert.Throws<WireFormatException>(() => new ParcelAssembler(1000).Add(new Parcel(1, 0, 2, new byte[1])));
        Assert.Throws<WireFormatException>(() => new ParcelAssembler(1000).Add(new Parcel(1, 1, 2, piece)));
        Assert.Throws<WireFormatException>(() => Parcel.Read(new Parcel(1, 2, 2, piece).Encode()));
        Assert.Throws<WireFormatException>(() => Parcel.Read(new Parcel(1, 0, 1, default).Encode()));

        var assembler = new ParcelAssembler(long.MaxValue, parcelsMax: 2);
        assembler.Add(new Parcel(1, 0, 3, piece));
        assembler.Add(new Parcel(2, 0, 3, piece));
        Assert.Throws<WireFormatException>(() => assembler.Add(new Parcel(3, 0, 3, piece)));
        Assert.Throws<WireFormatException>(() => assembler.Add(new Parcel(1, 0, 3, piece)));
    }

    [Fact(DisplayName = "Any bytes are a piece or a format error")]
    public void Fuzz()
    {
        Gen.Byte.Array[0, 40].Sample(bytes =>
        {
            try
            {
                Assert.True(Parcel.Read(bytes).Count > 0);
            }
            catch (WireFormatException)
            {
                // The one answer to bytes that are no piece.
            }
        }, iter: 5_000);
    }

    private static IEnumerable<Parcel> Mixed(IEnumerable<Parcel> first, IEnumerable<Parcel> second)
    {
        using var others = second.GetEnumerator();
        foreach (var piece in first)
        {
            yield return piece;
            if (others.MoveNext())
                yield return others.Current;
        }
    }

    private static byte[] Pattern(int length, int step)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = (byte)(i * step / 3);
        return bytes;
    }
}
