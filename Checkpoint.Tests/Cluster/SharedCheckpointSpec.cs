using Checkpoint.Client;
using Checkpoint.Protocol;
using static Checkpoint.Tests.Cluster.Samples;

namespace Checkpoint.Tests.Cluster;

[Collection(SharedClusterCollection.Name)]
public sealed class SharedCheckpointSpec(SharedCluster cluster)
{
    [Fact(DisplayName = "What an application writes at one host, applications at the others read from the moment of the acknowledgement on")]
    public async Task Write_here_read_there()
    {
        Assert.Equal(["A", "B", "C"], new[] { cluster.A, cluster.B, cluster.C }.Select(application => application.Client.HostName));
        var name = Name("shared");
        await using var a = await cluster.A.OpenAsync(name, Attributes());
        await using var b = await cluster.B.OpenAsync(name);
        await using var c = await cluster.C.OpenAsync(name);
        var handles = new[] { a, b, c };
        await a.CreateSectionAsync(Section(1), Bytes("begin"));
        await b.CreateSectionAsync(Section(2), Bytes("begin"));

        for (var round = 0; round < 60; round++)
        {
            var (one, two) = (Bytes($"one {round:D4}"), Bytes($"two {round:D4}"));
            await handles[round % 3].WriteAsync([new WriteElement(Section(1), 0, one), new WriteElement(Section(2), 5, two)]);
            foreach (var handle in handles)
            {
                var read = await handle.ReadAsync([new ReadElement(Section(1), 0, ReadElement.Whole), new ReadElement(Section(2), 5, 8)]);
                Assert.Equal((Text(one), Text(two)), (Text(read[0]), Text(read[1])));
            }
        }
    }

    [Fact(DisplayName = "A checkpoint unlinked while open goes on for its openers; another of the same name shares nothing with it, and stays when it is gone")]
    public async Task Unlinked_while_open()
    {
        var name = Name("unlinked");
        var old = await cluster.A.OpenAsync(name, Attributes());
        await using var oldElsewhere = await cluster.B.OpenAsync(name);
        await old.CreateSectionAsync(Section(1), Bytes("old"));

        await Application.PatientlyAsync(() => cluster.C.Client.UnlinkAsync(name));
        Assert.Null(await cluster.C.Client.TryOpenAsync(name));
        await using var anew = await cluster.C.OpenAsync(name, Attributes(maxSections: 7));
        Assert.NotEqual(old.Incarnation, anew.Incarnation);
        await anew.CreateSectionAsync(Section(1), Bytes("new"));
        await old.OverwriteAsync(Section(1), Bytes("old, changed"));

        Assert.Equal("old, changed", Text(await oldElsewhere.ReadAsync(Section(1))));
        Assert.Equal("new", Text(await anew.ReadAsync(Section(1))));
        Assert.Equal(7u, (await anew.GetStatusAsync()).Attributes.MaxSections);

        await old.CloseAsync();
        Assert.Equal("old, changed", Text(await oldElsewhere.ReadAsync(Section(1))));
        await oldElsewhere.CloseAsync();
        await TestCheckpoint.Of(old.Incarnation).GoneFromAsync([.. cluster.Hosts]);
        await using var again = await cluster.A.OpenAsync(name);
        Assert.Equal((anew.Incarnation, "new"), (again.Incarnation, Text(await again.ReadAsync(Section(1)))));
    }

    [Fact(DisplayName = "NOD-19: created at two nodes at once with differing attributes, one is created and the other told EXIST")]
    public async Task Created_at_once()
    {
        for (var round = 0; round < 20; round++)
        {
            var name = Name("raced");
            var statuses = await Task.WhenAll(
                Application.StatusOfAsync(async () => await Application.PatientlyAsync(() => cluster.A.Client.OpenAsync(name, attributes: Attributes(maxSections: 7)))),
                Application.StatusOfAsync(async () => await Application.PatientlyAsync(() => cluster.B.Client.OpenAsync(name, attributes: Attributes(maxSections: 8)))));
            Assert.Equal([AisStatus.Ok, AisStatus.Exist], statuses.Order());
            await using var handle = await cluster.C.OpenAsync(name);
            Assert.Equal(statuses[0] == AisStatus.Ok ? 7u : 8u, (await handle.GetStatusAsync()).Attributes.MaxSections);
        }
    }

    [Fact(DisplayName = "NOD-21: the same section created from two nodes at once: one is told OK, the other EXIST, a thousand times")]
    [Trait("Category", "Long")]
    public async Task Sections_created_at_once()
    {
        var name = Name("raced");
        await using var a = await cluster.A.OpenAsync(name, Attributes());
        await using var b = await cluster.B.OpenAsync(name);
        for (var round = 0; round < 1_000; round++)
        {
            var statuses = await Task.WhenAll(
                Application.StatusOfAsync(async () => await a.CreateSectionAsync(Section(round), Bytes("a"))),
                Application.StatusOfAsync(async () => await b.CreateSectionAsync(Section(round), Bytes("b"))));
            Assert.Equal([AisStatus.Ok, AisStatus.Exist], statuses.Order());
            Assert.Equal(statuses[0] == AisStatus.Ok ? "a" : "b", Text(await a.ReadAsync(Section(round))));
        }
    }

    [Fact(DisplayName = "NOD-24: when the last opener of a node without the active replica closes, the others of a collocated checkpoint notice nothing")]
    public async Task Last_opener_of_a_node_closes()
    {
        var name = Name("collocated");
        await using var active = await cluster.A.OpenAsync(name, Attributes(CreationFlags.Collocated | CreationFlags.WriteActiveReplica));
        await Application.PatientlyAsync(() => active.SetActiveReplicaAsync());
        var other = await cluster.B.OpenAsync(name);
        await active.CreateSectionAsync(Section(1), Bytes("before"));
        await other.OverwriteAsync(Section(1), Bytes("by B"));

        await other.CloseAsync();

        Assert.Equal("by B", Text(await active.ReadAsync(Section(1))));
        await active.OverwriteAsync(Section(1), Bytes("after"));
        await active.SynchronizeAsync();
        await using var again = await cluster.B.OpenAsync(name);
        Assert.Equal("after", Text(await again.ReadAsync(Section(1))));
    }

    [Fact(DisplayName = "A killed client's handles are closed: its checkpoint with retention 0 is gone, one that another has open as well stays")]
    public async Task Killed_client()
    {
        var (alone, together) = (Name("alone"), Name("together"));
        await using var victim = await Application.AtAsync(cluster.Hosts[1]);
        var open = await victim.OpenAsync(alone, Attributes(retention: TimeSpan.Zero));
        var shared = await victim.OpenAsync(together, Attributes(retention: TimeSpan.Zero));
        await using var kept = await cluster.C.OpenAsync(together);
        await open.CreateSectionAsync(Section(1), Bytes("x"));
        await shared.CreateSectionAsync(Section(1), Bytes("kept"));
        Assert.NotNull(await TestCheckpoint.Of(open.Incarnation).StatusAsync(cluster.Hosts[2]));

        await victim.KillAsync();

        await TestCheckpoint.Of(open.Incarnation).GoneFromAsync([.. cluster.Hosts]);
        Assert.Null(await cluster.A.Client.TryOpenAsync(alone));
        Assert.Equal("kept", Text(await kept.ReadAsync(Section(1))));
        await kept.CloseAsync(); // The last one: nobody's handle is left over from the victim.
        await TestCheckpoint.Of(shared.Incarnation).GoneFromAsync([.. cluster.Hosts]);
    }
}
