namespace WordCount.Demonstration;

/// <summary>
/// The demonstration: three hosts, a worker that leads and one that waits; the leader and the host that it uses, which orders the counts, are
/// killed at the planned pieces, and the waiting worker finishes. The hosts that live are left running, for the counts to be read.
/// </summary>
public sealed class FailoverRun(DemonstrationOptions options, TimeProvider clock, TextWriter output)
{
    private const int Hosts = 3;
    private const int StartsMax = 5;

    private readonly ClusterPorts _ports = new(Hosts);
    private readonly HostNode[] _hosts = new HostNode[Hosts];
    private readonly List<WorkerProcess> _workers = [];
    private readonly List<TimeSpan> _outages = [];
    private readonly WorkerEvents _events = new();
    private readonly HostAdministration _administration = new(clock);
    private IReadOnlyList<long> _points = [];

    /// <exception cref="InvalidOperationException">Something did not happen that should have; the message says what.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            Plan();
            await StartHostsAsync(cancel);
            var first = StartWorker(0, 0);
            await HearAsync(options.StartPatience, cancel, first, "leads");
            var standby = StartWorker(1, 0);
            await HearAsync(options.StartPatience, cancel, standby, "waits");
            Say($"{first.Name} counts through {first.Host}, {standby.Name} stands by through {standby.Host}");

            List<WorkerProcess> pair = [first, standby];
            for (var kill = 0; kill < _points.Count; kill++)
                pair = await KillAsync(kill, pair, cancel);
            await FinishAsync(pair, cancel);
            if (options.KeepHosts)
                await StartGoneHostsAsync(cancel);
        }
        finally
        {
            foreach (var worker in _workers)
                worker.Kill();
        }
    }

    private void Plan()
    {
        var pieces = CountPieces();
        _points = KillPlan.Points(pieces, options.Kills, options.Seed);
        Say($"{options.File}: {new FileInfo(options.File).Length} bytes, {pieces} pieces ({options.PieceName}), seed {options.Seed}");
        if (pieces < KillPlan.PiecesMin)
            Say($"fewer than {KillPlan.PiecesMin} pieces: it is done without a kill");
        else if (_points.Count < options.Kills)
            Say($"only {_points.Count} of {options.Kills} kills fit between 20 and 80 % of {pieces} pieces");
        if (_points.Count > 0)
            Say($"the leader and its host will be killed after piece {string.Join(", ", _points)}");
    }

    private long CountPieces()
    {
        using var file = File.OpenRead(options.File);
        using var counter = new WordCounter();
        var reader = new PieceReader(file, 0, options.Piece);
        long pieces = 0;
        for (; reader.TryRead(counter, out _); pieces++)
            counter.Take();
        return pieces;
    }

    private async Task StartHostsAsync(CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        for (var index = 0; index < Hosts; index++)
            _hosts[index] = HostNode.Start(options, _ports, index);
        await HostsReadyAsync(cancel);
        Say($"{Hosts} hosts ready after {clock.GetElapsedTime(began).TotalSeconds:0.0} s on ports {string.Join(", ", _ports.All)}");
    }

    /// <summary>
    /// As a service manager would: a host that a view left out (it stood still for too long, on a machine that is too busy) or that could not
    /// join in time ends with a code that says so, and is started again.
    /// </summary>
    private async Task HostsReadyAsync(CancellationToken cancel) => await Within(options.StartPatience * StartsMax, cancel, async late =>
    {
        await Task.WhenAll(Enumerable.Range(0, Hosts).Select(index => HostReadyAsync(index, late)));
        return true;
    });

    private async Task HostReadyAsync(int index, CancellationToken cancel)
    {
        for (var starts = 1; !await _hosts[index].IsReadyAsync(clock, cancel); starts++)
        {
            var code = await _hosts[index].ExitCodeAsync(cancel);
            if (starts == StartsMax || code is not (HostNode.LeftOut or HostNode.StartFailed))
                throw new InvalidOperationException($"{_hosts[index].Name} ended with {code} before it was ready; the end of its log:\n{_hosts[index].Tail()}");
            Say($"{_hosts[index].Name} was left out or could not join ({code}); it is started again");
            _hosts[index] = HostNode.Start(options, _ports, index);
        }
    }

    /// <param name="index">Of the host on the worker's node.</param>
    /// <param name="kills">Kills that are over: a worker holds only at those that are still to come.</param>
    private WorkerProcess StartWorker(int index, int kills)
    {
        var worker = WorkerProcess.Start($"worker{_workers.Count + 1}", options, _ports, _hosts[index], _points.Skip(kills), _events, clock);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>
    /// Whoever leads at the point is killed, and the host that orders: the leader's own, unless on a busy machine the workers have changed places.
    /// Who orders is asked before, since at the point a write is on its way and every millisecond counts.
    /// </summary>
    /// <returns>The two workers that go on: the one that took over, and, before another kill, a new one that stands by.</returns>
    private async Task<List<WorkerProcess>> KillAsync(int kill, List<WorkerProcess> pair, CancellationToken cancel)
    {
        var index = IndexOf(await OrdererAsync(pair[0], cancel));
        var holds = await HearAsync(
            options.CountPatience, cancel, happened => happened.Word == "holds", $"the leader at piece {_points[kill]}", pair);
        var leader = holds.Worker;
        var standby = pair.Single(worker => worker != leader);
        var host = _hosts[index];
        var killed = clock.GetTimestamp();
        leader.Kill();
        host.Kill();
        Say($"kill -9 {leader.Pid} ({leader.Name}) and {host.Pid} ({host.Name}, the orderer) after piece {_points[kill]}, offset {leader.Offsets.End}");
        if (leader.Host != host.Name)
            Say($"{leader.Name} used {leader.Host}, which lives: two hosts of {Hosts} at one blow would stop the cluster");
        await leader.Reading;
        await host.ExitCodeAsync(cancel);

        var leads = await HearAsync(
            options.TakeoverPatience, cancel, happened => Is(happened, standby, "leads", killed), $"{standby.Name} to lead", [standby]);
        Say($"{standby.Name} leads {clock.GetElapsedTime(killed, leads.Timestamp).TotalSeconds:0.00} s after the kill, from offset {leads.Number(4)}");
        var first = await HearAsync(
            options.TakeoverPatience, cancel, happened => Is(happened, standby, "acked", killed), $"{standby.Name}'s first piece", [standby]);
        _outages.Add(clock.GetElapsedTime(killed, first.Timestamp));
        Say($"{standby.Name} acknowledged its first piece {_outages[^1].TotalSeconds:0.00} s after the kill");
        return kill + 1 == _points.Count ? [standby] : [standby, await RestartAsync(index, standby, kill + 1, cancel)];
    }

    /// <summary>New hosts in the place of those that are gone, with all the data, and a new worker that stands by.</summary>
    private async Task<WorkerProcess> RestartAsync(int index, WorkerProcess leader, int kills, CancellationToken cancel)
    {
        List<int> gone = [index, .. await BringOrdererToAsync(leader, cancel)];
        await StartAgainAsync(gone, SocketOf(leader), cancel);
        var standby = StartWorker(index, kills);
        await HearAsync(options.StartPatience, cancel, standby, "waits");
        Say($"{string.Join(" and ", gone.Select(one => _hosts[one].Name))} back, {standby.Name} stands by through {standby.Host}");
        return standby;
    }

    /// <param name="socket">Of a host that lives.</param>
    private async Task StartAgainAsync(IReadOnlyList<int> gone, string socket, CancellationToken cancel)
    {
        foreach (var one in gone)
            _hosts[one] = HostNode.Start(options, _ports, one);
        await HostsReadyAsync(cancel);
        await Within(options.StartPatience, cancel, async late =>
        {
            await _administration.UntilFullAsync(socket, Hosts, late);
            return true;
        });
    }

    private async Task StartGoneHostsAsync(CancellationToken cancel)
    {
        int[] gone = [.. Enumerable.Range(0, Hosts).Where(index => _hosts[index].HasExited)];
        if (gone.Length == 0)
            return;
        await StartAgainAsync(gone, _hosts.First(host => !host.HasExited).Socket, cancel);
        Say($"{string.Join(" and ", gone.Select(one => _hosts[one].Name))} back: {Hosts} hosts run, each with all the data");
    }

    /// <summary>
    /// After a failover the name of a checkpoint says which host orders it, not where its writers are. Of the two hosts that are left, the
    /// one that orders far from the leader is drained: it can hand over to the leader's host only.
    /// </summary>
    /// <returns>The host that has left, if any.</returns>
    private async Task<int[]> BringOrdererToAsync(WorkerProcess leader, CancellationToken cancel)
    {
        var orderer = await OrdererAsync(leader, cancel);
        if (orderer == leader.Host)
            return [];
        Say($"{orderer} orders the counts since, {leader.Name} uses {leader.Host}: {orderer} is drained, to have the next kill take leader and orderer");
        await Within(options.StartPatience, cancel, async late =>
        {
            await _administration.DrainAsync(SocketOf(leader), orderer, late);
            return await _hosts[IndexOf(orderer)].ExitCodeAsync(late);
        });
        return [IndexOf(orderer)];
    }

    private Task<string> OrdererAsync(WorkerProcess worker, CancellationToken cancel) =>
        Within(options.StartPatience, cancel, late => _administration.OrdererAsync(SocketOf(worker), late));

    private string SocketOf(WorkerProcess worker) => _hosts[IndexOf(worker.Host)].Socket;

    private int IndexOf(string node) => Array.FindIndex(_hosts, host => host.Name == node);

    private async Task FinishAsync(List<WorkerProcess> pair, CancellationToken cancel)
    {
        var finished = await HearAsync(options.CountPatience, cancel, happened => happened.Word == "finished", "the end of the file", pair);
        foreach (var worker in pair)
        {
            var code = await Within(options.StartPatience, cancel, late => worker.ExitCodeAsync(late));
            if (code != 0)
                throw new InvalidOperationException($"{worker.Name} ended with {code}; its output is in {options.Directory}");
            await worker.Reading;
        }

        NoteSocket();
        Report(finished.Number(2));
        if (_points.Count > 0 && _workers.Any(worker => worker.Pieces == 0))
            throw new InvalidOperationException("a worker acknowledged no piece");
    }

    private void Report(long pieces)
    {
        Say("");
        Say("worker      pieces  from offset    to offset");
        foreach (var worker in _workers)
            Say($"{worker.Name,-8} {worker.Pieces,9} {worker.Offsets.Start,12} {worker.Offsets.End,12}");
        var unheard = pieces - _workers.Sum(worker => worker.Pieces);
        if (unheard > 0)
            Say($"{unheard} more: on the way at a kill, and counted although nobody was left to hear so");
        for (var i = 0; i < _outages.Count; i++)
            Say($"time without service{(_outages.Count > 1 ? $" {i + 1}" : "")}: {_outages[i].TotalSeconds:0.00} s (kill to the next acknowledged piece)");
    }

    private void NoteSocket() => File.WriteAllText(Path.Combine(options.Directory, "socket"), _hosts.First(host => !host.HasExited).Socket + "\n");

    private static bool Is(WorkerEvent happened, WorkerProcess worker, string word, long after) =>
        happened.Worker == worker && happened.Word == word && happened.Timestamp > after;

    private Task<WorkerEvent> HearAsync(TimeSpan patience, CancellationToken cancel, WorkerProcess worker, string word) =>
        HearAsync(patience, cancel, happened => Is(happened, worker, word, 0), $"{worker.Name} to say '{word}'", [worker]);

    private Task<WorkerEvent> HearAsync(
        TimeSpan patience, CancellationToken cancel, Func<WorkerEvent, bool> wanted, string what, IReadOnlyList<WorkerProcess> among) =>
        Within(patience, cancel, late => _events.NextAsync(wanted, what, among, late));

    private async Task<T> Within<T>(TimeSpan patience, CancellationToken cancel, Func<CancellationToken, Task<T>> step)
    {
        using var late = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        return await step(either.Token);
    }

    private void Say(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
