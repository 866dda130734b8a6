using Checkpoint.Protocol;

namespace Checkpoint.Tests.Protocol.Gateway;

public sealed class AnswerPiecesTests
{
    [Theory(DisplayName = "The pieces of a large answer are those of its whole bytes, cut anywhere")]
    [InlineData(200_000)]
    [InlineData(ParcelSplitter.PieceMaxBytes)]
    [InlineData(1_000_000, 0, 3, ParcelSplitter.PieceMaxBytes - 7, 500_000)]
    public void Same_as_whole(params int[] sizes)
    {
        var buffers = sizes.Select((size, index) => (ReadOnlyMemory<byte>)Enumerable.Repeat((byte)(index + 1), size).ToArray()).ToList();
        var answer = new SessionProtocol.Answer(7, AisStatus.Ok, Body: new SessionProtocol.Data(buffers));
        var whole = ParcelSplitter.Split(3, SessionCodec.Encode(answer)).Select(parcel => Convert.ToHexString(parcel.Encode())).ToList();

        Assert.Equal(whole, AnswerPieces.Cut(3, answer).Select(parcel => Convert.ToHexString(parcel.Encode())));
        var space = new byte[ParcelSplitter.PieceMaxBytes];
        Assert.Equal(whole, AnswerPieces.Cut(3, answer, space).Select(parcel => Convert.ToHexString(parcel.Encode())));
    }

    [Fact(DisplayName = "A large request reserves what it announces before it is kept, hands it over when it is whole, and is refused where there is no room")]
    public void Reserved_request()
    {
        var room = new Room { Left = 1_000_000 };
        var assembler = new ParcelAssembler(900_000, room: room);
        var first = ParcelSplitter.Split(1, new byte[500_000]).ToList();
        var second = ParcelSplitter.Split(2, new byte[500_000]).ToList();
        const int announced = 3 * ParcelSplitter.PieceMaxBytes;

        Assert.Equal(default, assembler.Add(first[0]));
        Assert.Equal(1_000_000 - announced, room.Left);
        Assert.NotNull(assembler.Add(second[0]).RefusedHead);
        Assert.Equal(default, assembler.Add(first[1]));
        var whole = assembler.Add(first[2]);
        Assert.Equal((500_000, announced), (whole.Message!.Value.Length, (int)whole.Reserved));
        Assert.Equal(1_000_000 - announced, room.Left);
    }

    private sealed class Room : IByteRoom
    {
        public long Left { get; set; }

        public bool TryReserve(long bytes)
        {
            if (bytes > Left)
                return false;
            Left -= bytes;
            return true;
        }

        public void Release(long bytes) => Left += bytes;
    }
}
