using Checkpoint.Protocol;

namespace Checkpoint.Tests.Protocol.Replication;

public sealed class LinkCodecTests
{
    private static readonly HostId From = new("10.0.0.1:7001", 77);

    [Fact(DisplayName = "The bytes of the link frames are pinned")]
    public void Golden_bytes()
    {
        const string header = "0D00000031302E302E302E313A373030314D000000000000000500000000000000";
        Assert.Equal("0101" + header + "AABB", Hex(new LinkPiece.Whole(new byte[] { 0xAA, 0xBB })));
        Assert.Equal(
            "0102" + header + "0900000000000000" + "0300000000000000" + "04000000" + "06000000" + "AABB",
            Hex(new LinkPiece.Parcel(9, 3, 4, 6, new byte[] { 0xAA, 0xBB })));
        Assert.Equal("0103" + header + "0900000000000000", Hex(new LinkPiece.Arrived(9)));
    }

    [Fact(DisplayName = "What was encoded decodes to the same frame")]
    public void Round_trip()
    {
        var frame = LinkCodec.Decode(LinkCodec.Encode(From, 5, new LinkPiece.Parcel(9, 3, 4, 6, new byte[] { 1, 2 })));
        Assert.Equal((From, 5L), (frame.From, frame.ToUid));
        var parcel = Assert.IsType<LinkPiece.Parcel>(frame.Piece);
        Assert.Equal((9ul, 3ul, 4, 6), (parcel.Number, parcel.Stream, parcel.Offset, parcel.Total));
        Assert.Equal([1, 2], parcel.Bytes.ToArray());
    }

    [Theory(DisplayName = "A frame that is none is refused: version, kind, cut short, a parcel outside its message, a message above the limit")]
    [InlineData("0201")]
    [InlineData("0109")]
    [InlineData("0101FFFFFFFF")]
    public void Bad_frames(string hex)
    {
        Assert.Throws<WireFormatException>(() => LinkCodec.Decode(Convert.FromHexString(hex)));
    }

    [Theory(DisplayName = "A parcel outside its message is refused before anything is kept")]
    [InlineData(5, 6, 2)]
    [InlineData(-1, 6, 2)]
    [InlineData(0, int.MaxValue, 2)]
    [InlineData(0, 6, 0)]
    [InlineData(int.MaxValue, int.MaxValue, 1)]
    public void Bad_parcels(int offset, int total, int length)
    {
        var bytes = LinkCodec.Encode(From, 5, new LinkPiece.Parcel(1, 1, offset, total, new byte[length]));
        Assert.Throws<WireFormatException>(() => LinkCodec.Decode(bytes));
    }

    private static string Hex(LinkPiece piece) => Convert.ToHexString(LinkCodec.Encode(From, 5, piece));
}
