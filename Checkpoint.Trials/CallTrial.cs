using System.Diagnostics;
using System.Globalization;

namespace Checkpoint.Trials;

/// <summary>
/// Three hosts; one is killed with SIGKILL, and meanwhile names are created, opened and unlinked through the other two. Then it is started
/// again, and every host is asked what the names are.
/// </summary>
public sealed class CallTrial(TrialOptions options, TextWriter output)
{
    private readonly Random _random = new(options.Seed);
    private readonly TrialReport _report = new();

    /// <exception cref="TrialException">A host did not start, or did not take clients.</exception>
    public async Task<TrialReport> RunAsync(CancellationToken cancel)
    {
        Directory.CreateDirectory(options.Directory);
        var hosts = TrialHost.Of(options);
        try
        {
            foreach (var host in hosts)
                host.Start();
            await Task.WhenAll(hosts.Select(host => host.ReadyAsync(cancel)));
            for (var kill = 1; kill <= options.Kills; kill++)
                await RoundAsync(kill, hosts, cancel);
            return _report;
        }
        finally
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
        }
    }

    private async Task RoundAsync(int kill, IReadOnlyList<TrialHost> hosts, CancellationToken cancel)
    {
        var victim = hosts[_random.Next(hosts.Count)];
        var survivors = hosts.Where(host => host != victim).OrderBy(_ => _random.Next()).ToList();
        await using var doomed = await Caller.ConnectAsync(victim, cancel);
        await using var first = await Caller.ConnectAsync(survivors[0], cancel);
        await using var second = await Caller.ConnectAsync(survivors[1], cancel);
        await using var firstRemote = await RemoteCaller.ConnectAsync(survivors[0], cancel);
        await using var secondRemote = await RemoteCaller.ConnectAsync(survivors[1], cancel);
        await using var moving = await RemoteCaller.ConnectAsync(victim, cancel);
        (ICaller, ICaller)[] pairs = [(first, second), (firstRemote, secondRemote), (first, secondRemote)];
        var names = Enumerable.Range(0, options.Names)
            .Select(i => new NameRun(
                string.Create(CultureInfo.InvariantCulture, $"safCkpt=calls-{options.Seed}-{kill}-{i}"),
                NameScript.Of(i),
                TrialOptions.Step * (i * TrialOptions.Steps / options.Names),
                Callers(pairs[i / NameScript.Count % pairs.Length], i)))
            .ToList();
        var moved = Enumerable.Range(0, TrialOptions.MovedNames)
            .Select(i => new NameRun(
                string.Create(CultureInfo.InvariantCulture, $"safCkpt=moved-{options.Seed}-{kill}-{i}"), NameScript.Moved, TimeSpan.Zero, [moving, first]))
            .ToList();

        await PrepareAsync(names, doomed, cancel);
        await PrepareAsync(moved, moving, cancel);
        var (callsBefore, faultsBefore) = (_report.Calls.Count, _report.Faults.Count);
        victim.Kill();
        var sinceKill = Stopwatch.StartNew();
        await Task.WhenAll(names.Select(name => PlayAsync(name, sinceKill, cancel)).Append(PlayMovedAsync(moved, moving, sinceKill, cancel)));
        var answered = sinceKill.Elapsed;

        victim.Start();
        await Task.WhenAll(hosts.Select(host => host.ReadyAsync(cancel)));
        await CheckAsync([.. names, .. moved], hosts, cancel);
        var round = _report.Calls.Skip(callsBefore).ToList();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"kill {kill} of {options.Kills}, {victim.Name}: {round.Count} calls, slowest {round.Max(call => call.Took).TotalSeconds:0.000} s, all ended after {answered.TotalSeconds:0.0} s, full again after {sinceKill.Elapsed.TotalSeconds:0.0} s, {_report.Faults.Count - faultsBefore} faults"));
    }

    private static IReadOnlyList<ICaller> Callers((ICaller A, ICaller B) pair, int name) => name % 2 == 0 ? [pair.A, pair.B] : [pair.B, pair.A];

    /// <summary>A call that was on its way to the victim may end in TIMEOUT; one that is issued when another host serves must not.</summary>
    private async Task PlayMovedAsync(List<NameRun> names, RemoteCaller moving, Stopwatch sinceKill, CancellationToken cancel)
    {
        await moving.MovedAsync(cancel);
        await Task.WhenAll(names.Select(name => PlayAsync(name, sinceKill, cancel)));
    }

    /// <summary>Half of what exists was created through the host that is killed.</summary>
    private static async Task PrepareAsync(List<NameRun> names, ICaller doomed, CancellationToken cancel)
    {
        var now = Stopwatch.StartNew();
        await Task.WhenAll(names.Where(name => name.Script.Exists).Select(async (name, i) =>
        {
            CallRecord[] made = [await (i % 2 == 0 && !name.Script.NeedsHandle ? doomed : name.Callers[0]).CallAsync(CallKind.Create, name.Name, now, cancel)];
            if (name.Truth.Take(made) is not null || !name.Truth.IsKnown)
                throw new TrialException($"before the kill: {made[0]}");
        }));
    }

    private async Task PlayAsync(NameRun name, Stopwatch sinceKill, CancellationToken cancel)
    {
        if (name.Offset > sinceKill.Elapsed)
            await Task.Delay(name.Offset - sinceKill.Elapsed, TimeProvider.System, cancel);
        foreach (var step in name.Script.Steps)
        {
            var calls = await Task.WhenAll(step.Select(call => name.Callers[call.Caller].CallAsync(call.Kind, name.Name, sinceKill, cancel)));
            _report.Add(calls, name.Truth.Take(calls));
            if (!name.Truth.IsKnown)
                return;
        }
    }

    private async Task CheckAsync(List<NameRun> names, IReadOnlyList<TrialHost> hosts, CancellationToken cancel)
    {
        foreach (var host in hosts)
        {
            await using var caller = await Caller.ConnectAsync(host, cancel);
            var now = Stopwatch.StartNew();
            await Task.WhenAll(names.Where(name => name.Truth.IsKnown).Select(async name =>
            {
                var found = await caller.CallAsync(CallKind.Open, name.Name, now, cancel);
                _report.AddCheck(name.Truth.IsFoundBy(found) ? null : $"{found} finds {found.Incarnation?.ToString() ?? "nothing"} instead of {name.Truth.Linked?.ToString() ?? "nothing"}");
            }));
            if (host == hosts[^1])
                await Task.WhenAll(names.Select(name => caller.CallAsync(CallKind.Unlink, name.Name, now, cancel)));
        }
    }

    private sealed record NameRun(string Name, NameScript Script, TimeSpan Offset, IReadOnlyList<ICaller> Callers)
    {
        public NameTruth Truth { get; } = new();
    }
}
