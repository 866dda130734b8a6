using Checkpoint.Actors.Content;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;
using CsCheck;
using static Checkpoint.Tests.Actors.Content.TableDriver;

namespace Checkpoint.Tests.Actors.Content;

/// <summary>
/// Random changes, ordered and applied at random times, against a naive model that copies whole sections. After each step every
/// section is compared, of the stable state and of the head; at the end also a fill, the map's pages and the map's accounts.
/// </summary>
public sealed class SectionTableModelTests
{
    private const int MaxSections = 4;
    private const int MaxSectionSize = 40_000;

    private static readonly Gen<int> Step = Gen.Int[0, int.MaxValue];

    [Fact(DisplayName = "The table does what a naive model does, whatever comes in whatever order")]
    public void Model() => Gen.Select(Gen.Int[0, int.MaxValue], Step.Array[1, 60]).Sample((seed, steps) =>
    {
        var capacity = new MapCapacity(new BucketPool(64));
        var driver = new TableDriver(
            Attributes(MaxSections, MaxSectionSize), new MapShare(capacity, new IncarnationId(new Guid(seed, 0, 0, new byte[8])), Attributes(MaxSections, MaxSectionSize)));
        var (stable, head) = (new Naive(), new Naive());
        Queue<(ContentOp Op, long Time)> ordered = new();
        foreach (var step in steps)
        {
            var random = new Random(step);
            driver.Time++;
            if (random.Next(2) == 0 && ordered.Count == 0 && InPlace(random, head) is { } within)
            {
                Assert.True(driver.TryWriteInPlace(within));
                head.Apply(within, driver.Time);
                stable.Apply(within, driver.Time);
            }
            else if (random.Next(3) == 0 && ordered.TryDequeue(out var oldest))
            {
                driver.Apply();
                stable.Apply(oldest.Op, oldest.Time);
            }
            else
            {
                var op = RandomOp(random);
                var accepted = head.Accepts(op);
                Assert.Equal(accepted, driver.Order(op).Status);
                if (accepted == AisStatus.Ok)
                {
                    head.Apply(op, driver.Time);
                    ordered.Enqueue((op, driver.Time));
                }
            }

            Assert.Equal(stable.ToString(), Observed(driver.Table, null));
            Assert.Equal(head.ToString(), Observed(driver.Table, driver.Pending));
            Assert.Equal((head.Sections.Count, head.Sections.Values.Sum(section => (long)section.Data.Length)), (driver.Pending.Count, driver.Pending.BytesUsed));
        }

        driver.ApplyAll();
        driver.AssertShownUntouched();
        Assert.Equal(FillTests.Describe(driver.Table), FillTests.Describe(FillTests.Fill(driver.Table)));
        Assert.Equal(driver.Table.AllPages().ToDictionary(page => page.Key, page => Convert.ToHexString(page.Bytes!.Value.Span)),
            driver.Pages.ToDictionary(page => page.Key, page => Convert.ToHexString(page.Value)));
        Assert.Equal(driver.Pages.Sum(page => (long)BucketPart.SizeOf(page.Key, page.Value.Length)), capacity.UsedBytes);
        driver.Table.Release();
        Assert.Equal(0, capacity.UsedBytes);
    }, iter: 300);

    private static ContentOp RandomOp(Random random)
    {
        SectionId RandomId() => Id($"s{random.Next(6)}");
        byte[] RandomData() => Bytes(random.Next(3) == 0 ? random.Next(MaxSectionSize + 10) : random.Next(20), (byte)random.Next(1, 255));
        return random.Next(8) switch
        {
            0 or 1 => new ContentOp.CreateSection(RandomId(), random.Next(3) == 0 ? AisTime.End : random.Next(1, 1100), RandomData()),
            2 => new ContentOp.DeleteSection(RandomId()),
            3 => new ContentOp.SetExpiration(RandomId(), random.Next(1, 1100)),
            4 => new ContentOp.Overwrite(RandomId(), RandomData()),
            5 => new ContentOp.ExpireSections([RandomId(), RandomId()], random.Next(1100)),
            6 when random.Next(3) == 0 => new ContentOp.Corrupt(RandomId()),
            _ => Write([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (RandomId(), (long)random.Next(random.Next(2) == 0 ? 30 : MaxSectionSize), RandomData()))]),
        };
    }

    /// <summary>A write within the sizes that the sections have; null when there is none.</summary>
    private static ContentOp? InPlace(Random random, Naive head)
    {
        var sections = head.Sections.Where(pair => !pair.Value.IsCorrupted && pair.Value.Data.Length > 0).ToArray();
        if (sections.Length == 0)
            return null;
        var (whole, content) = sections[random.Next(sections.Length)];
        if (random.Next(4) == 0)
            return new ContentOp.Overwrite(whole, Bytes(content.Data.Length, (byte)random.Next(1, 255)));
        return Write([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
        {
            var (id, section) = sections[random.Next(sections.Length)];
            var offset = random.Next(section.Data.Length);
            return (id, (long)offset, Bytes(random.Next(1, section.Data.Length - offset + 1), (byte)random.Next(1, 255)));
        })]);
    }

    private static string Observed(SectionTable table, PendingSections? pending) => string.Join('\n', table.Select(SectionsChosen.Any, 0, pending)
        .Select(id => table.Describe(id, pending)!)
        .OrderBy(section => section.Id.ToString(), StringComparer.Ordinal)
        .Select(section => $"{section} {Content(table, pending, section)}"));

    private static string Content(SectionTable table, PendingSections? pending, SectionDescriptor section) =>
        table.Read([new(section.Id, 0, ReadElement.Whole)], pending) is { Status: AisStatus.Ok } read ? Hash(read.Data[0].Span) : "-";

    private static string Hash(ReadOnlySpan<byte> data) => $"{data.Length}:{StableHash.Of64(data):x}";

    private sealed record NaiveSection(byte[] Data, long Expiration, bool IsCorrupted, long LastUpdate);

    private sealed class Naive
    {
        public Dictionary<SectionId, NaiveSection> Sections { get; } = [];

        public AisStatus Accepts(ContentOp op) => op switch
        {
            ContentOp.CreateSection create when create.Data.Length > MaxSectionSize => AisStatus.InvalidParam,
            ContentOp.CreateSection create when Sections.ContainsKey(create.Id) => AisStatus.Exist,
            ContentOp.CreateSection when Sections.Count == MaxSections => AisStatus.NoSpace,
            ContentOp.DeleteSection delete => Present(delete.Id),
            ContentOp.SetExpiration set => Present(set.Id),
            ContentOp.Corrupt corrupt => Present(corrupt.Id),
            ContentOp.Overwrite overwrite when overwrite.Data.Length > MaxSectionSize => AisStatus.InvalidParam,
            ContentOp.Overwrite overwrite => Present(overwrite.Id),
            ContentOp.Write write => write.Elements.Select(Accepts).FirstOrDefault(status => status != AisStatus.Ok, AisStatus.Ok),
            _ => AisStatus.Ok,
        };

        public void Apply(ContentOp op, long time)
        {
            switch (op)
            {
                case ContentOp.CreateSection create:
                    Sections[create.Id] = new(create.Data.ToArray(), create.ExpirationTime, false, time);
                    break;
                case ContentOp.DeleteSection delete:
                    Sections.Remove(delete.Id);
                    break;
                case ContentOp.SetExpiration set:
                    Sections[set.Id] = Sections[set.Id] with { Expiration = set.ExpirationTime };
                    break;
                case ContentOp.Corrupt corrupt:
                    Sections[corrupt.Id] = Sections[corrupt.Id] with { IsCorrupted = true };
                    break;
                case ContentOp.Overwrite overwrite:
                    Sections[overwrite.Id] = new(overwrite.Data.ToArray(), Sections[overwrite.Id].Expiration, false, time);
                    break;
                case ContentOp.ExpireSections expire:
                    foreach (var id in expire.Ids)
                        if (Sections.TryGetValue(id, out var section) && section.Expiration <= expire.Time)
                            Sections.Remove(id);
                    break;
                case ContentOp.Write write:
                    foreach (var element in write.Elements)
                        Apply(element, time);
                    break;
            }
        }

        public override string ToString() => string.Join('\n', Sections.OrderBy(section => section.Key.ToString(), StringComparer.Ordinal).Select(section =>
            new SectionDescriptor(
                section.Key, section.Value.Expiration, section.Value.Data.Length, section.Value.IsCorrupted ? SectionState.Corrupted : SectionState.Valid, section.Value.LastUpdate)
            + " " + (section.Value.IsCorrupted ? "-" : Hash(section.Value.Data))));

        private AisStatus Accepts(WriteElement element)
        {
            if (element.Data.Length > MaxSectionSize || (!element.Data.IsEmpty && element.Offset + element.Data.Length > MaxSectionSize))
                return AisStatus.InvalidParam;
            return Sections.TryGetValue(element.Id, out var section) && !section.IsCorrupted ? AisStatus.Ok : AisStatus.NotExist;
        }

        private AisStatus Present(SectionId id) => Sections.ContainsKey(id) ? AisStatus.Ok : AisStatus.NotExist;

        private void Apply(WriteElement element, long time)
        {
            if (element.Data.IsEmpty)
                return;
            var section = Sections[element.Id];
            var data = new byte[Math.Max(section.Data.Length, element.Offset + element.Data.Length)];
            section.Data.CopyTo(data, 0);
            element.Data.Span.CopyTo(data.AsSpan((int)element.Offset));
            Sections[element.Id] = section with { Data = data, LastUpdate = time };
        }
    }
}
