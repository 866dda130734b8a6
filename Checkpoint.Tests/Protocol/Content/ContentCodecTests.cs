using Checkpoint.Protocol;
using CsCheck;

namespace Checkpoint.Tests.Protocol.Content;

public sealed class ContentCodecTests
{
    /// <summary>The C library's tests read the same file.</summary>
    private static readonly string GoldenPath = Path.Combine(AppContext.BaseDirectory, "Protocol", "Content", "content-golden.txt");

    [Fact(DisplayName = "The bytes of content changes, reads, descriptors, fills and buckets are those of the golden file")]
    public void Golden_bytes()
    {
        var actual = ContentSamples.Encoded.Select(sample => $"{sample.Name} {Convert.ToHexStringLower(sample.Bytes)}");
        var golden = File.ReadAllLines(GoldenPath).Where(line => line.Length > 0 && line[0] != '#');
        Assert.Equal(golden, actual);
    }

    [Fact(DisplayName = "The samples name every kind of content change")]
    public void Samples_are_complete() => Assert.Equal(
        typeof(ContentOp).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(ContentOp))).Select(type => type.Name).Order(),
        ContentSamples.Ops.Select(sample => sample.Op.GetType().Name).Distinct().Order());

    [Fact(DisplayName = "Every content change read back writes the same bytes, and its kind is the one written")]
    public void Round_trip()
    {
        foreach (var (name, op) in ContentSamples.Ops)
        {
            var bytes = ContentSamples.Encode(writer => ContentOpCodec.Write(writer, op));
            var read = Read(bytes);
            Assert.Equal(op.GetType(), read.GetType());
            Assert.True(bytes.AsSpan().SequenceEqual(ContentSamples.Encode(writer => ContentOpCodec.Write(writer, read))), name);
        }
    }

    [Fact(DisplayName = "Data read is a slice of the message, not a copy")]
    public void Zero_copy()
    {
        var bytes = ContentSamples.Encode(writer => ContentOpCodec.Write(writer, new ContentOp.Overwrite(new("a"), new byte[] { 1, 2, 3 })));
        var data = Assert.IsType<ContentOp.Overwrite>(Read(bytes)).Data;
        Assert.True(bytes.AsSpan(bytes.Length - 3).Overlaps(data.Span));
    }

    [Fact(DisplayName = "Reads, changes and descriptors come back as they were")]
    public void Round_trip_of_the_rest()
    {
        var reader = new WireReader(ContentSamples.Encode(writer =>
        {
            SectionCodec.WriteDescriptor(writer, new(new("a"), 5, 6, SectionState.Valid, 7));
            SectionCodec.WriteChanges(writer, [new(SectionChangeKind.Deleted, new("b"), 1, 2)]);
            ReadCodec.WriteElements(writer, [new(new("c"), 8, ReadElement.Whole)]);
        }));

        Assert.Equal(new SectionDescriptor(new("a"), 5, 6, SectionState.Valid, 7), SectionCodec.ReadDescriptor(ref reader));
        Assert.Equal([new SectionChange(SectionChangeKind.Deleted, new("b"), 1, 2)], SectionCodec.ReadChanges(ref reader));
        Assert.Equal([new ReadElement(new("c"), 8, ReadElement.Whole)], ReadCodec.ReadElements(ref reader));
        reader.End();
    }

    [Fact(DisplayName = "Random bytes and cut messages are refused as such, and with nothing else")]
    public void Garbage()
    {
        Gen.Byte.Array[0, 64].Sample(bytes => Refused(bytes));
        foreach (var (_, op) in ContentSamples.Ops)
        {
            var bytes = ContentSamples.Encode(writer => ContentOpCodec.Write(writer, op));
            for (var length = 0; length < bytes.Length; length++)
                Assert.Throws<WireFormatException>(() => Read(bytes[..length]));
        }
    }

    [Fact(DisplayName = "A count of four thousand million elements is refused before anything is allocated")]
    public void Announced_count()
    {
        byte[] bytes = [5, 255, 255, 255, 255, 0, 0];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WireFormatException>(() => Read(bytes));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1024 * 1024);
    }

    private static ContentOp Read(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var op = ContentOpCodec.Read(ref reader);
        reader.End();
        return op;
    }

    private static void Refused(byte[] bytes)
    {
        try
        {
            Read(bytes);
        }
        catch (WireFormatException)
        {
            // The one answer to bytes that are no change; any other exception fails the test.
        }
    }
}
