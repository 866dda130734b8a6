using Checkpoint.Cli;
using Checkpoint.Cli.Commands;
using Checkpoint.Cli.Output;
using Checkpoint.Protocol;
using CsCheck;

namespace Checkpoint.Tests.Cli;

/// <summary>What an operator types and reads.</summary>
public sealed class TextTests
{
    [Theory(DisplayName = "Durations are a number and a unit")]
    [InlineData("0", 0)]
    [InlineData("250ms", 250_000_000)]
    [InlineData("1.5s", 1_500_000_000)]
    [InlineData("5m", 300_000_000_000)]
    [InlineData("7d", 604_800_000_000_000)]
    [InlineData("forever", long.MaxValue)]
    public void Duration(string text, long nanoseconds)
    {
        Assert.True(DurationText.TryParse(text, out var parsed, out _));
        Assert.Equal(nanoseconds, parsed);
    }

    [Theory(DisplayName = "What is no duration is refused with the value in the message")]
    [InlineData("5")]
    [InlineData("-1s")]
    [InlineData("s")]
    [InlineData("1.2.3s")]
    [InlineData("300y")]
    [InlineData("200000d")]
    public void No_duration(string text)
    {
        Assert.False(DurationText.TryParse(text, out _, out var fault));
        Assert.Contains($"'{text}'", fault);
    }

    [Fact(DisplayName = "Every duration that is shown can be typed again")]
    public void Duration_round_trip() => Gen.Long[0, long.MaxValue].Sample(nanoseconds =>
        DurationText.TryParse(DurationText.Of(nanoseconds), out var again, out _) && again == nanoseconds);

    [Theory(DisplayName = "Sizes are bytes or binary multiples")]
    [InlineData("4096", 4096)]
    [InlineData("4k", 4096)]
    [InlineData("64KiB", 65_536)]
    [InlineData("1M", 1_048_576)]
    [InlineData("2GiB", 2_147_483_648)]
    public void Size(string text, long bytes)
    {
        Assert.True(SizeText.TryParse(text, out var parsed, out _));
        Assert.Equal(bytes, parsed);
    }

    [Theory(DisplayName = "What is no size is refused with the value in the message")]
    [InlineData("")]
    [InlineData("k")]
    [InlineData("-4")]
    [InlineData("1.5M")]
    [InlineData("4kk")]
    [InlineData("99999999999G")]
    public void No_size(string text)
    {
        Assert.False(SizeText.TryParse(text, out _, out var fault));
        Assert.Contains($"'{text}'", fault);
    }

    [Theory(DisplayName = "Sizes are shown short")]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(64L << 20, "64 MiB")]
    public void Size_shown(long bytes, string text) => Assert.Equal(text, SizeText.Of(bytes));

    [Fact(DisplayName = "Every name that is shown can be typed again, whatever its bytes")]
    public void Escaped_round_trip() => Gen.Byte.Array[0, 40].Sample(bytes =>
        EscapedText.ToBytes(ByteText.Of(bytes)).AsSpan().SequenceEqual(bytes));

    [Fact(DisplayName = "A backslash that begins no escape is itself")]
    public void Plain_backslash() => Assert.Equal("a\\xg1\\"u8.ToArray(), EscapedText.ToBytes("a\\xg1\\"));

    [Theory(DisplayName = "Kinds are words in both directions")]
    [InlineData(1u, "all-replicas")]
    [InlineData(2u, "active-replica")]
    [InlineData(4u, "active-replica-weak")]
    [InlineData(9u, "all-replicas+collocated")]
    [InlineData(10u, "active-replica+collocated")]
    [InlineData(12u, "active-replica-weak+collocated")]
    public void Kind(uint flags, string text)
    {
        Assert.Equal(text, KindText.Of((CreationFlags)flags));
        Assert.Equal((CreationFlags)flags, KindText.ToFlags(text.Split('+')[0], text.EndsWith("+collocated")));
    }

    [Fact(DisplayName = "Status codes have the names of the AIS headers")]
    public void Status_names()
    {
        Assert.Equal("SA_AIS_OK", StatusText.NameOf(AisStatus.Ok));
        Assert.Equal("SA_AIS_ERR_TRY_AGAIN", StatusText.NameOf(AisStatus.TryAgain));
        Assert.Equal("SA_AIS_ERR_QUEUE_NOT_AVAILABLE", StatusText.NameOf(AisStatus.QueueNotAvailable));

        // A word of several parts without its underscores would be the enum's name in capitals.
        foreach (var status in Enum.GetValues<AisStatus>().Where(value => value != AisStatus.Ok))
            Assert.Equal(status.ToString().Count(char.IsUpper) - 1, StatusText.NameOf(status)["SA_AIS_ERR_".Length..].Count(letter => letter == '_'));
    }

    [Fact(DisplayName = "A table pads every column but the last")]
    public void Table()
    {
        var table = new TextTable("NAME", ">SIZE", "STATE");
        table.Add("a", "10", "x");
        table.Add("longer", "7", "");
        var text = new StringWriter { NewLine = "\n" };

        table.Write(text, colour: false);

        Assert.Equal("NAME    SIZE  STATE\na         10  x\nlonger     7\n", text.ToString());
    }

    [Fact(DisplayName = "A hex dump has sixteen bytes a line")]
    public void Hex()
    {
        var text = new StringWriter { NewLine = "\n" };

        HexDump.Write(text, [.. "0123456789abcdef"u8, 0x0a]);

        Assert.Equal(
            "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
            + "00000010  0a                                                |.|\n",
            text.ToString());
    }

    [Fact(DisplayName = "Reads are cut by count and by bytes, in order, and lose nothing")]
    public void Batches() => Gen.Long[0, 6 * 1024 * 1024].Array[0, 50].Sample(sizes =>
    {
        var sections = sizes.Select((size, index) => new SectionDescriptor(new SectionId($"{index}"), 0, size, SectionState.Valid, 0)).ToList();
        var batches = ReadBatches.Of(sections).ToList();
        Assert.Equal(sections, batches.SelectMany(batch => batch));
        Assert.All(batches, batch => Assert.True(batch.Count == 1 || batch.Sum(section => section.Size) <= ReadBatches.BytesMax));
    });

    [Fact(DisplayName = "Reads of empty sections are cut by count")]
    public void Batches_by_count()
    {
        var sections = Enumerable.Range(0, 2500).Select(index => new SectionDescriptor(new SectionId($"{index}"), 0, 0, SectionState.Valid, 0)).ToList();

        Assert.Equal([1000, 1000, 500], ReadBatches.Of(sections).Select(batch => batch.Count));
    }
}
