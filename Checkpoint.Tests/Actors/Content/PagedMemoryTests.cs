using Checkpoint.Actors.Content;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Actors.Content;

public sealed class PagedMemoryTests
{
    private const int Page = ContentLimits.PageSizeBytes;

    [Theory(DisplayName = "A large read refers to the section's pages: its parts, its span and its slices are the section's bytes")]
    [InlineData(0, 10 * Page)]
    [InlineData(0, (9 * Page) + 5)]
    [InlineData(Page - 1, 5 * Page)]
    [InlineData(7, (9 * Page) - 2)]
    public void Same_bytes(int offset, int length)
    {
        var content = new byte[10 * Page];
        new Random(5).NextBytes(content);
        var pages = SectionPages.From(content);
        var expected = content.AsMemory(offset, length);

        var read = SectionPages.Read(pages, offset, length);
        Assert.Equal(length, read.Length);
        Assert.True(ScatteredMemory.PartsOf(read).SelectMany(part => part.ToArray()).SequenceEqual(expected.ToArray()));
        var slice = read[3..^4];
        Assert.True(ScatteredMemory.PartsOf(slice).SelectMany(part => part.ToArray()).SequenceEqual(expected[3..^4].ToArray()));
        Assert.True(slice.Span.SequenceEqual(expected.Span[3..^4]));
        Assert.True(read.Span.SequenceEqual(expected.Span));
    }

    [Fact(DisplayName = "What is sent of 64 MiB is read where it lies: no copy of the whole is made")]
    public void No_copy()
    {
        var pages = SectionPages.From(new byte[64 << 20]);
        var space = new byte[ParcelSplitter.PieceMaxBytes];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var answer = new SessionProtocol.Answer(1, AisStatus.Ok, Body: new SessionProtocol.Data([SectionPages.Read(pages, 0, 64 << 20)]));
        var bytes = AnswerPieces.Cut(1, answer, space).Sum(piece => (long)piece.Bytes.Length);
        Assert.InRange(bytes, 64 << 20, (64 << 20) + 100);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }
}
