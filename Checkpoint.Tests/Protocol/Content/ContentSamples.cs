using Checkpoint.Actors.Content;
using Checkpoint.Actors.Map;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Protocol.Content;

/// <summary>One sample of everything whose bytes docs/WIRE.md pins under "Content" and "Buckets".</summary>
internal static class ContentSamples
{
    private static readonly SectionId A = new("a");
    private static readonly SectionId Binary = new([0, 255]);

    public static readonly IReadOnlyList<(string Name, ContentOp Op)> Ops =
    [
        ("create", new ContentOp.CreateSection(A, AisTime.End, new byte[] { 1, 2, 3 })),
        ("create-generated", new ContentOp.CreateSection(default, 5, default)),
        ("delete", new ContentOp.DeleteSection(Binary)),
        ("expire", new ContentOp.ExpireSections([A, Binary], 1_000)),
        ("set-expiration", new ContentOp.SetExpiration(A, 77)),
        ("write", new ContentOp.Write([new(A, 16_384, new byte[] { 9 }), new(default, 0, default)])),
        ("overwrite", new ContentOp.Overwrite(A, new byte[] { 4, 5 })),
        ("corrupt", new ContentOp.Corrupt(A)),
    ];

    public static IReadOnlyList<(string Name, byte[] Bytes)> Encoded =>
    [
        .. Ops.Select(sample => ($"op-{sample.Name}", Encode(writer => ContentOpCodec.Write(writer, sample.Op)))),
        ("read-elements", Encode(writer => ReadCodec.WriteElements(writer, [new(A, 3, 4), new(default, 0, ReadElement.Whole)]))),
        ("buffers", Encode(writer => ReadCodec.WriteBuffers(writer, [new byte[] { 1, 2 }, default]))),
        ("changes", Encode(writer => SectionCodec.WriteChanges(writer, [new(SectionChangeKind.Written, A, 4, 2), new(SectionChangeKind.Expired, Binary, 0, 0)]))),
        ("descriptor", Encode(writer => SectionCodec.WriteDescriptor(writer, new(A, AisTime.End, 3, SectionState.Corrupted, 1_000)))),
        ("table-chunk", Table().Snapshot().EncodeChunk(0)),
        ("bucket", Bucket()),
    ];

    public static byte[] Encode(Action<WireWriter> write)
    {
        var writer = new WireWriter();
        write(writer);
        return writer.ToArray();
    }

    private static SectionTable Table()
    {
        var table = new SectionTable(new(CreationFlags.WriteAllReplicas, 100, 0, 4, 100, 10));
        table.Apply(new ContentOp.CreateSection(A, 9_000, new byte[] { 1, 2, 3 }), 7, 1_000, null);
        return table;
    }

    private static byte[] Bucket()
    {
        var incarnation = new IncarnationId(new Guid("00112233-4455-6677-8899-aabbccddeeff"));
        var held = new HeldIncarnations();
        held.Add(incarnation);
        var change = new PartChange();
        foreach (var page in Table().AllPages().Reverse()) // The codec sorts.
            change.Set(page, 7, isWhole: true);
        return BucketCodec.Encode(Checkpoint.Actors.Map.Bucket.Empty(held).With(new Dictionary<IncarnationId, PartChange> { [incarnation] = change }), held);
    }
}
