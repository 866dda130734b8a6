namespace Checkpoint.Tests.Native;

/// <summary>What the two libraries are for the loader (ais-ckpt 3.3): exactly these names, and nothing else.</summary>
public sealed class ExportTests
{
    private const string Node = "OPENAIS_CKPT_B.01.01";

    private static readonly string[] B1 =
    [
        "saCkptInitialize", "saCkptSelectionObjectGet", "saCkptDispatch", "saCkptFinalize",
        "saCkptCheckpointOpen", "saCkptCheckpointOpenAsync", "saCkptCheckpointClose", "saCkptCheckpointUnlink",
        "saCkptCheckpointRetentionDurationSet", "saCkptActiveReplicaSet", "saCkptCheckpointStatusGet",
        "saCkptSectionCreate", "saCkptSectionDelete", "saCkptSectionExpirationTimeSet",
        "saCkptSectionIterationInitialize", "saCkptSectionIterationNext", "saCkptSectionIterationFinalize",
        "saCkptCheckpointWrite", "saCkptSectionOverwrite", "saCkptCheckpointRead",
        "saCkptCheckpointSynchronize", "saCkptCheckpointSynchronizeAsync",
    ];

    private static readonly string[] Names = ["saAisNameLend", "saAisNameBorrow"];

    private static readonly string[] B2 =
    [
        "saCkptSectionIdFree", "saCkptIOVectorElementDataFree",
        "saCkptInitialize_2", "saCkptTrack", "saCkptTrackStop", "saCkptCheckpointTrack", "saCkptCheckpointTrackStop",
        "ncsCkptRegisterCkptArrivalCallback",
        .. Names,
    ];

    [Fact(DisplayName = "libSaCkpt.so.1 exports its 32 functions without versions, and nothing else; other SA Forum libraries may define the two name helpers too")]
    public void OpenSaf()
    {
        var library = new ElfLibrary(NativeBuild.OpenSaf);

        Assert.Equal("libSaCkpt.so.1", library.Name);
        Assert.Equal(32, library.Exports.Count);
        Assert.Equal([.. B1.Concat(B2).Order(StringComparer.Ordinal)], library.Exports.Select(export => export.Name).Order(StringComparer.Ordinal));
        Assert.All(library.Exports, export => Assert.Equal((null, true), (export.Version, export.IsDefault)));
        Assert.Equal([.. Names.Order(StringComparer.Ordinal)], library.Exports.Where(export => export.IsWeak).Select(export => export.Name).Order(StringComparer.Ordinal));
    }

    [Fact(DisplayName = "libSaCkpt.so.3 exports its 22 functions at the node OPENAIS_CKPT_B.01.01 by default, and nothing else")]
    public void OpenAis()
    {
        var library = new ElfLibrary(NativeBuild.OpenAis);

        Assert.Equal("libSaCkpt.so.3", library.Name);
        Assert.Equal(22, library.Exports.Count);
        Assert.Equal([.. B1.Order(StringComparer.Ordinal)], library.Exports.Select(export => export.Name).Order(StringComparer.Ordinal));
        Assert.All(library.Exports, export => Assert.Equal((Node, true, false), (export.Version, export.IsDefault, export.IsWeak)));
    }

    [Theory(DisplayName = "Neither needs anything but libc, and neither is ever unloaded")]
    [InlineData("libSaCkpt.so.1")]
    [InlineData("libSaCkpt.so.3")]
    public void Loader(string file)
    {
        var library = new ElfLibrary(NativeBuild.PathOf(file));

        Assert.Equal(["libc.so.6"], library.Needed);
        Assert.True(library.IsNeverUnloaded);
    }
}
