namespace WordCount.Demonstration;

/// <summary>
/// The demonstration: three hosts, a worker that leads and one that waits; the leader and the host that it uses are killed at the planned
/// pieces, and the waiting worker finishes. The hosts are left running, for the counts to be read.
/// </summary>
public sealed class FailoverRun(DemonstrationOptions options, TimeProvider clock, TextWriter output)
{
    private const int Hosts = 3;

    private readonly ClusterPorts _ports = new(Hosts);
    private readonly HostNode[] _hosts = new HostNode[Hosts];
    private readonly List<WorkerProcess> _workers = [];
    private readonly List<TimeSpan> _outages = [];
    private IReadOnlyList<long> _points = [];

    /// <exception cref="InvalidOperationException">Something did not happen that should have; the message says what.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            Plan();
            await StartHostsAsync(cancel);
            var leader = StartWorker(0);
            await Within(options.StartPatience, cancel, late => leader.NextAsync(late, "leads"));
            var standby = StartWorker(0);
            await Within(options.StartPatience, cancel, late => standby.NextAsync(late, "waits"));
            Say($"{leader.Name} counts through {leader.Host}, {standby.Name} stands by through {standby.Host}");

            for (var kill = 0; kill < _points.Count; kill++)
            {
                await KillAsync(_points[kill], leader, standby, cancel);
                leader = standby;
                standby = await RestartAsync(kill + 1, cancel);
            }

            await FinishAsync(leader, standby, cancel);
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
        await Within(options.StartPatience, cancel, async late =>
        {
            await Task.WhenAll(_hosts.Select(host => host.ReadyAsync(clock, late)));
            return true;
        });
        Say($"{Hosts} hosts ready after {clock.GetElapsedTime(began).TotalSeconds:0.0} s on ports {string.Join(", ", _ports.All)}");
        NoteSocket();
    }

    /// <param name="kills">Kills that are over: a worker holds only at those that are still to come.</param>
    private WorkerProcess StartWorker(int kills)
    {
        var worker = WorkerProcess.Start($"worker{_workers.Count + 1}", options, _ports, _points.Skip(kills), clock);
        _workers.Add(worker);
        return worker;
    }

    private async Task KillAsync(long point, WorkerProcess leader, WorkerProcess standby, CancellationToken cancel)
    {
        await Within(options.CountPatience, cancel, late => leader.NextAsync(late, "holds"));
        var host = _hosts.Single(one => one.Name == leader.Host);
        var killed = clock.GetTimestamp();
        leader.Kill();
        host.Kill();
        Say($"kill -9 {leader.Pid} ({leader.Name}) and {host.Pid} ({host.Name}) after piece {point}, offset {leader.Offsets.End}");
        await leader.Reading;

        var first = await Within(options.TakeoverPatience, cancel, async late =>
        {
            var leads = await standby.NextAsync(late, "leads");
            Say($"{standby.Name} leads {clock.GetElapsedTime(killed, leads.Timestamp).TotalSeconds:0.00} s after the kill, from offset {leads.Number(4)}");
            return await standby.NextAsync(late, "acked");
        });
        _outages.Add(clock.GetElapsedTime(killed, first.Timestamp));
        Say($"{standby.Name} acknowledged its first piece {_outages[^1].TotalSeconds:0.00} s after the kill");
        NoteSocket();
    }

    /// <summary>A new host in the place of the one that was killed, and a new worker that waits; not after the last kill.</summary>
    private async Task<WorkerProcess> RestartAsync(int kills, CancellationToken cancel)
    {
        if (kills == _points.Count)
            return _workers[^1];
        var index = Array.FindIndex(_hosts, host => host.HasExited);
        _hosts[index] = HostNode.Start(options, _ports, index);
        await Within(options.StartPatience, cancel, async late =>
        {
            await _hosts[index].ReadyAsync(clock, late);
            return true;
        });
        var standby = StartWorker(kills);
        await Within(options.StartPatience, cancel, late => standby.NextAsync(late, "waits"));
        Say($"{_hosts[index].Name} is back, {standby.Name} stands by through {standby.Host}");
        return standby;
    }

    private async Task FinishAsync(WorkerProcess leader, WorkerProcess standby, CancellationToken cancel)
    {
        var finished = await Within(options.CountPatience, cancel, late => leader.NextAsync(late, "finished"));
        foreach (var worker in new[] { leader, standby }.Distinct())
        {
            var code = await Within(options.StartPatience, cancel, async late => await worker.ExitCodeAsync(late));
            if (code != 0)
                throw new InvalidOperationException($"{worker.Name} ended with {code}; its output is in {options.Directory}");
            await worker.Reading;
        }

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
