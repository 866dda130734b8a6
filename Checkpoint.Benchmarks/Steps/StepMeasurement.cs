using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Benchmarks.Steps;

/// <summary>
/// What one step of an agent's thread takes at most, with the shipped constants: the CPU time of the thread, after a warm-up. One table on standard
/// output; milliseconds.
/// </summary>
internal static class StepMeasurement
{
    private const int SectionsMax = 262_144;
    private const int Megabyte = 1024 * 1024;

    private static readonly SectionId[] Ids = [.. Enumerable.Range(0, SectionsMax).Select(index => new SectionId($"section{index}"))];

    /// <param name="only">A part of the names of the cases wanted; null: all.</param>
    public static void Run(string? only)
    {
        Console.WriteLine($"thread CPU time in ms; step work {StepHosts.Options.StepWorkMax}, slice work {StepHosts.Options.SliceWork}");
        Console.WriteLine(StepSamples.Header);
        foreach (var flags in new[] { CreationFlags.WriteAllReplicas, CreationFlags.WriteActiveReplica })
        {
            Vectors(flags, only);
            Large(flags, only);
            Many(flags, only);
            Parked(flags, only);
        }

        Deletions(only);
        Filled(only);
    }

    private static void Vectors(CreationFlags flags, string? only)
    {
        foreach (var count in new[] { 1, 100, 256, 257, 1_000, 20_000, SectionsMax })
        {
            var repeats = count < 1_000 ? 100 : count < SectionsMax ? 10 : 2;
            if (!Wants(only, $"{Kind(flags)} {count:N0} x 4 B"))
                continue;
            var (hosts, spread) = Filled(flags, count, 4);
            var one = hosts.Create(flags, 2, 4UL * SectionsMax);
            hosts.Change(0, one, new ContentOp.CreateSection(Ids[0], AisTime.End, new byte[4 * count]));
            WriteElement[] over = [.. Ids.Take(count).Select(id => new WriteElement(id, 0, new byte[4]))];
            WriteElement[] within = [.. Enumerable.Range(0, count).Select(index => new WriteElement(Ids[0], 4L * index, new byte[4]))];
            ReadElement[] reads = [.. Ids.Take(count).Select(id => new ReadElement(id, 0, 4))];
            Measure(hosts, $"{Kind(flags)} {count:N0} x 4 B, as many sections", repeats, () => hosts.Change(1, spread, new ContentOp.Write(over)));
            Measure(hosts, $"{Kind(flags)} {count:N0} x 4 B, one section", repeats, () => hosts.Change(1, one, new ContentOp.Write(within)));
            Measure(hosts, $"{Kind(flags)} {count:N0} x 4 B, read", repeats, () => StepHosts.Expect(hosts.Ask(
                1, (number, deadline) => new ReplicaAgentProtocol.Read(number, spread, reads, deadline))));
            if (count == 1_000)
                Client(only, new ContentOp.Write(over));
        }
    }

    private static void Large(CreationFlags flags, string? only)
    {
        if (!Wants(only, $"{Kind(flags)} 64 MiB"))
            return;
        var hosts = Joined();
        var checkpoint = hosts.Create(flags, 2, 64 * Megabyte);
        hosts.Change(0, checkpoint, new ContentOp.CreateSection(Ids[0], AisTime.End, new byte[1]));
        var data = new byte[64 * Megabyte];
        Measure(hosts, $"{Kind(flags)} 64 MiB, one element", 3, () => hosts.Change(1, checkpoint, new ContentOp.Write([new(Ids[0], 0, data)])));
        Measure(hosts, $"{Kind(flags)} 64 MiB, overwrite", 3, () => hosts.Change(1, checkpoint, new ContentOp.Overwrite(Ids[0], data)));
        Measure(hosts, $"{Kind(flags)} 64 MiB, read", 3, () => StepHosts.Expect(hosts.Ask(
            1, (number, deadline) => new ReplicaAgentProtocol.Read(number, checkpoint, [new(Ids[0], 0, ReadElement.Whole)], deadline))));
        Measure(hosts, $"{Kind(flags)} 1 MiB, one element", 20, () => hosts.Change(1, checkpoint, new ContentOp.Write([new(Ids[0], 0, data.AsMemory(0, Megabyte))])));
        Measure(hosts, $"{Kind(flags)} 64 MiB, section deleted", 3, () =>
        {
            hosts.Change(1, checkpoint, new ContentOp.DeleteSection(Ids[0]));
            hosts.Change(1, checkpoint, new ContentOp.CreateSection(Ids[0], AisTime.End, data));
        });
    }

    private static void Many(CreationFlags flags, string? only)
    {
        if (!Wants(only, $"{Kind(flags)} list of 100,000 sections"))
            return;
        var (hosts, checkpoint) = Filled(flags, 100_000, 4);
        Measure(hosts, $"{Kind(flags)} list of 100,000 sections", 5, () => StepHosts.Expect(hosts.Ask(
            1, (number, deadline) => new ReplicaAgentProtocol.List(number, checkpoint, SectionsChosen.Any, 0, deadline))));
        Measure(hosts, $"{Kind(flags)} 1,000 of them described", 5, () => StepHosts.Expect(hosts.Ask(
            1, (number, deadline) => new ReplicaAgentProtocol.DescribeSections(number, checkpoint, Ids[..1_000], deadline))));
    }

    /// <summary>Calls that gather behind a long vector, from each side.</summary>
    private static void Parked(CreationFlags flags, string? only)
    {
        if (!Wants(only, $"{Kind(flags)} calls behind a vector"))
            return;
        var (hosts, checkpoint) = Filled(flags, 20_000, 4);
        ContentOp vector = new ContentOp.Write([.. Ids.Take(20_000).Select(id => new WriteElement(id, 0, new byte[4]))]);
        foreach (var host in new[] { 0, 1 })
            Measure(hosts, $"{Kind(flags)} 4,000 writes behind a vector, host {host}", 3, () => hosts.Changes(
                host, checkpoint, Enumerable.Range(0, 4_000).Select(index => index == 0 ? vector : new ContentOp.Write([new(Ids[index], 0, new byte[4])]))));
        Measure(hosts, $"{Kind(flags)} 15,000 reads behind a vector", 3, () => hosts.ChangeAndRead(
            1, checkpoint, vector, Enumerable.Range(0, 15_000).Select(index => new ReadElement(Ids[index], 0, 4))));
    }

    private static void Deletions(string? only)
    {
        if (Wants(only, "512 sections expire"))
        {
            var (hosts, checkpoint) = Filled(CreationFlags.WriteAllReplicas, 20_000, 4);
            Measure(hosts, "20,000 sections expire at a time", 3, () =>
            {
                var end = hosts.WallNow + (2 * AisTime.NanosecondsPerSecond);
                hosts.Changes(0, checkpoint, Ids.Take(5_000).Select(id => new ContentOp.SetExpiration(id, end)));
                hosts.Pass(TimeSpan.FromSeconds(4));
                hosts.Changes(0, checkpoint, Ids.Take(5_000).Select(id => new ContentOp.CreateSection(id, AisTime.End, new byte[4])));
            });
        }

        for (var warm = 2; warm >= 0 && Wants(only, "a checkpoint of 100,000 sections is deleted"); warm--)
        {
            var (hosts, checkpoint) = Filled(CreationFlags.WriteAllReplicas, 100_000, 4);
            Measure(hosts, "a checkpoint of 100,000 sections is deleted", 0, () => StepHosts.Expect(hosts.Ask(
                0, (number, deadline) => new ReplicaAgentProtocol.Delete(number, checkpoint, deadline))), isWarmUp: warm > 0);
        }
    }

    private static void Filled(string? only)
    {
        for (var warm = 2; warm >= 0 && Wants(only, "a newcomer gets 100,000 sections"); warm--)
        {
            var (hosts, _) = Filled(CreationFlags.WriteAllReplicas, 100_000, 4);
            Measure(hosts, "a newcomer gets 100,000 sections", 0, () => Newcomer(hosts), isWarmUp: warm > 0);
        }

        for (var warm = 2; warm >= 0 && Wants(only, "a newcomer gets 64 MiB"); warm--)
        {
            var hosts = Joined();
            var checkpoint = hosts.Create(CreationFlags.WriteAllReplicas, 2, 64 * Megabyte);
            hosts.Change(0, checkpoint, new ContentOp.CreateSection(Ids[0], AisTime.End, new byte[64 * Megabyte]));
            Measure(hosts, "a newcomer gets 64 MiB", 0, () => Newcomer(hosts), isWarmUp: warm > 0);
        }
    }

    private static void Newcomer(StepHosts hosts)
    {
        hosts.Join(3);
        hosts.Pass(TimeSpan.FromSeconds(3));
        if (!hosts.HoldsAll(2))
            throw new InvalidOperationException("the newcomer is not full");
    }

    /// <summary>The request on its way in: read by the client's thread of the gateway, or by its Session.</summary>
    private static void Client(string? only, ContentOp op)
    {
        if (!Wants(only, "client"))
            return;
        var samples = new StepSamples();
        var bytes = SessionCodec.Encode(new SessionProtocol.Request(1, 1, new SessionProtocol.Change(1, op)));
        for (var repeat = 0; repeat < 200; repeat++)
            samples.Measure("request", () => SessionCodec.Read(bytes));
        Console.WriteLine(samples.Line("client: 1,000 elements", "decode"));
    }

    private static (StepHosts Hosts, IncarnationId Checkpoint) Filled(CreationFlags flags, int sections, int bytes)
    {
        var hosts = Joined();
        var checkpoint = hosts.Create(flags, SectionsMax + 2, 64);
        for (var at = 0; at < sections; at += 1_000)
            hosts.Changes(0, checkpoint, Ids[at..Math.Min(sections, at + 1_000)].Select(id => new ContentOp.CreateSection(id, AisTime.End, new byte[bytes])));
        return (hosts, checkpoint);
    }

    /// <summary>Three hosts, of which two are members.</summary>
    private static StepHosts Joined()
    {
        var hosts = new StepHosts(3);
        hosts.Join(2);
        return hosts;
    }

    private static void Measure(StepHosts hosts, string name, int repeats, Action act, bool isWarmUp = false)
    {
        for (var warm = 0; warm < Math.Min(repeats * 3, 300); warm++)
            act();
        GC.Collect();
        hosts.Clear();
        for (var repeat = 0; repeat < Math.Max(1, repeats); repeat++)
            act();
        if (isWarmUp)
            return;
        Console.WriteLine(hosts.Steps.Line(name, "step"));
        Console.WriteLine(hosts.Encodes.Line("", "encode"));
        Console.WriteLine(hosts.Decodes.Line("", "decode"));
    }

    private static string Kind(CreationFlags flags) => flags.IsSynchronous() ? "all" : "active";

    private static bool Wants(string? only, string name) => only is null || name.Contains(only, StringComparison.OrdinalIgnoreCase);
}
