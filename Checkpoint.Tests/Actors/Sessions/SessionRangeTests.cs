using Checkpoint.Actors.Replication;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Tests.Actors.Sessions;

/// <summary>Sizes and offsets of 64 bits where max-section-size is no bound: "above it" is said of what is above it only (ais-ckpt 1.6).</summary>
public sealed class SessionRangeTests
{
    private const long TwoTo63 = long.MinValue; // As the wire carries 2^63.

    private static readonly CreationAttributes Boundless = SessionDriver.Synchronous with { MaxSectionSize = ulong.MaxValue };
    private static readonly SectionId Section = new("s");

    [Theory(DisplayName = "A write whose end max-section-size allows goes to the service, wherever it begins; the sum does not wrap")]
    [InlineData(Profile.Strict, AisStatus.InvalidParam)]
    [InlineData(Profile.OpenSaf, AisStatus.NoResources)]
    [InlineData(Profile.OpenAis, AisStatus.InvalidParam)]
    public void Writes(Profile profile, AisStatus pastMax)
    {
        var driver = Driver(profile);
        var handle = driver.Open(Boundless).Handle;
        foreach (var offset in new[] { long.MaxValue, TwoTo63, -2 })
        {
            driver.Send(SessionDriver.Write(handle, bytes: 1, offset));
            Assert.Equal(offset, Assert.IsType<ContentOp.Write>(driver.ToAgent<ReplicaAgentProtocol.Change>().Op).Elements[0].Offset);
        }

        Assert.Equal(pastMax, driver.Refused(SessionDriver.Write(handle, bytes: 1, offset: -1)));
        Assert.Equal(pastMax, driver.Refused(SessionDriver.Write(handle, bytes: 2, offset: -2)));
    }

    [Theory(DisplayName = "A read of 2^63 bytes, and one that ends at 2^64 - 1, is not above a max-section-size of 2^64 - 1")]
    [InlineData(Profile.Strict, false)]
    [InlineData(Profile.OpenSaf, true)]
    public void Reads(Profile profile, bool refusesPastMax)
    {
        var driver = Driver(profile);
        var handle = driver.Open(Boundless).Handle;
        foreach (var element in new ReadElement[] { new(Section, 0, TwoTo63), new(Section, 1, -2), new(Section, TwoTo63, 5), new(Section, -1, ReadElement.Whole) })
        {
            driver.Send(new Read(handle, [element]));
            Assert.Equal(element, driver.ToAgent<ReplicaAgentProtocol.Read>().Elements[0]);
        }

        driver.Send(new Read(handle, [new(Section, 2, -2)]));
        Assert.Equal(refusesPastMax, driver.ToClient.Any());
    }

    [Fact(DisplayName = "A vector of more elements than one step may decode is refused at once, written or read; one less goes to the service")]
    public void Elements()
    {
        var driver = Driver(Profile.Strict);
        var handle = driver.Open(Boundless).Handle;
        var most = ContentOpCodec.ElementsMax;
        Assert.Equal(AisStatus.NoResources, driver.Refused(new Change(handle, new ContentOp.Write(Written(most + 1)))));
        Assert.Equal(AisStatus.NoMemory, driver.Refused(new Read(handle, Wanted(most + 1))));
        driver.Send(new Change(handle, new ContentOp.Write(Written(most))));
        Assert.Equal(most, Assert.IsType<ContentOp.Write>(driver.ToAgent<ReplicaAgentProtocol.Change>().Op).Elements.Count);
        driver.Send(new Read(handle, Wanted(most)));
        Assert.Equal(most, driver.ToAgent<ReplicaAgentProtocol.Read>().Elements.Count);

        static WriteElement[] Written(int count) => [.. Enumerable.Repeat(new WriteElement(Section, 0, default), count)];

        static ReadElement[] Wanted(int count) => [.. Enumerable.Repeat(new ReadElement(Section, 0, 0), count)];
    }

    [Fact(DisplayName = "A read whose elements no link would take to another host is refused at once with NO_MEMORY, and asked of nobody")]
    public void Read_too_long_to_ask()
    {
        var driver = Driver(Profile.Strict);
        var handle = driver.Open(Boundless with { Flags = CreationFlags.WriteActiveReplica }).Handle;
        var element = new ReadElement(new SectionId(new byte[SectionId.LengthMaxBytes]), 0, 1);
        var most = LinkCodec.UpdateMaxBytes / (SectionId.LengthMaxBytes + 18);

        Assert.Equal(AisStatus.NoMemory, driver.Refused(new Read(handle, [.. Enumerable.Repeat(element, most + 1)])));

        driver.Send(new Read(handle, [.. Enumerable.Repeat(element, most)]));
        Assert.Equal(most, driver.ToAgent<ReplicaAgentProtocol.Read>().Elements.Count);
    }

    [Fact(DisplayName = "Elements count among the bytes of a client in flight, also those without data: a host holds an object for each")]
    public void Elements_in_flight()
    {
        var driver = new SessionDriver(limits: SessionOptions.Defaults with { InFlightBytesMax = 1 << 20 });
        var handle = driver.Open(SessionDriver.Synchronous).Handle;
        var write = new WriteElement(Section, 0, default);
        var read = new ReadElement(Section, 0, 1);

        Assert.Equal(AisStatus.NoMemory, driver.Refused(new Change(handle, new ContentOp.Write([.. Enumerable.Repeat(write, 20_000)]))));
        Assert.Equal(AisStatus.NoMemory, driver.Refused(new Read(handle, [.. Enumerable.Repeat(read, 20_000)])));

        driver.Send(new Change(handle, new ContentOp.Write([.. Enumerable.Repeat(write, 5_000)])));
        Assert.Equal(5_000, Assert.IsType<ContentOp.Write>(driver.ToAgent<ReplicaAgentProtocol.Change>().Op).Elements.Count);
    }

    private static SessionDriver Driver(Profile profile) =>
        new(SessionDriver.Rules(profile, profile == Profile.OpenAis ? AisVersion.B11 : AisVersion.B22));
}
