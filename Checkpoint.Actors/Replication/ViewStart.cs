using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>
/// The START of a view. Its first host asks every host for its logs, and once the view may serve it tells all what there is.
/// <code>
///   adopted --every host's logs and may serve--> START told --every beat says started--> all started
/// </code>
/// </summary>
internal sealed class ViewStart(MachineContext context, ViewKeeper keeper, Heartbeats heartbeats, Replicas replicas)
{
    private readonly Dictionary<HostId, HostMessage.Logs> _logs = [];
    private HostMessage.Start? _start;
    private long _askAt = long.MinValue;
    private long _tellAt = long.MinValue;

    /// <summary>This host has the START of its view.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>As of the last START that this host had: nothing stable has come about since without its acknowledgement.</summary>
    public bool WasFullForAll { get; private set; }

    public bool IsFullForAll => IsStarted ? replicas.IsFullForAll() : WasFullForAll;

    /// <summary>Told after START has been carried out here.</summary>
    public Action<HostMessage.Start> Started { get; set; } = _ => { };

    public bool IsAllStarted()
    {
        if (!IsStarted || keeper.Current is not { } view)
            return false;
        foreach (var host in view.Hosts)
            if (host != context.Self && (heartbeats.Of(host).View != view.Number || !heartbeats.Of(host).IsStarted))
                return false;
        return true;
    }

    public void OnAdopted()
    {
        WasFullForAll = IsFullForAll;
        IsStarted = false;
        _logs.Clear();
        _start = null;
        _askAt = _tellAt = long.MinValue;
    }

    public void OnRecover(HostId from)
    {
        if (keeper.Current?.Hosts[0] == from)
            context.Send(from, OwnLogs());
    }

    public void OnLogs(HostId from, HostMessage.Logs logs)
    {
        if (keeper.Current is { } view && view.Hosts[0] == context.Self && view.Contains(from) && _logs.TryAdd(from, logs))
            TryStart(view);
    }

    public void OnStart(HostId from, HostMessage.Start start)
    {
        if (keeper.Current is { } view && view.Hosts[0] == from && !IsStarted)
            CarryOut(view, start);
        heartbeats.Hurry(); // The next beat says that we have it.
    }

    public void Tick()
    {
        if (keeper.Current is not { } view || view.Hosts[0] != context.Self || keeper.IsLeftOut)
            return;
        if (_start is null)
        {
            if (context.Now >= _askAt)
                Ask(view);
            TryStart(view);
        }
        else if (context.Now >= _tellAt)
        {
            Tell(view);
        }
    }

    private void Ask(View view)
    {
        _askAt = context.Now + context.Options.Heartbeat;
        foreach (var host in view.Hosts)
            if (host != context.Self && !_logs.ContainsKey(host))
                context.Send(host, new HostMessage.Recover(view.Number));
    }

    private void TryStart(View view)
    {
        if (_start is not null || _logs.Count < view.Hosts.Length - 1 || !keeper.MayServe())
            return;
        _logs[context.Self] = OwnLogs();
        _start = StartPlan.Make(view, _logs);
        _logs.Clear();
        CarryOut(view, _start);
        Tell(view);
        heartbeats.Hurry();
    }

    private void Tell(View view)
    {
        _tellAt = context.Now + context.Options.Resend;
        foreach (var host in view.Hosts)
            if (host != context.Self && !(heartbeats.Of(host).View == view.Number && heartbeats.Of(host).IsStarted))
                context.Send(host, _start!);
    }

    private HostMessage.Logs OwnLogs()
    {
        List<LogSummary> summaries = [];
        foreach (var replica in replicas.All)
            if (replica.IsFull)
                summaries.Add(new LogSummary(
                    replica.State,
                    true,
                    replica.Log.End,
                    replica.Mark,
                    replica.IsDeleted,
                    replica.IsSetAside));
        return new HostMessage.Logs(keeper.Number, summaries, replicas.Dropped.ToArray());
    }

    private void CarryOut(View view, HostMessage.Start start)
    {
        var listed = start.Items.Select(item => item.State.Incarnation).ToHashSet();
        foreach (var replica in replicas.All.Where(replica => !listed.Contains(replica.Id)).ToArray())
            replicas.Drop(replica, isForGood: true);
        replicas.Dropped.Reset(start.Deleted);

        List<CheckpointName> ordered = [];
        foreach (var item in start.Items)
        {
            CarryOut(view, item);
            if (item.Orderer == context.Self)
                ordered.Add(item.State.Name);
        }

        IsStarted = true;
        WasFullForAll = replicas.IsFullForAll();
        context.Log(MachineOutput.LogLevel.Info, $"{view} is started: {start.Items.Count} checkpoints, {ordered.Count} ordered here");
        Started(start);
        context.Out(new MachineOutput.Publish(new ReplicaAgentProtocol.ViewServing(view.Number, view.Hosts)));
        if (ordered.Count > 0)
            context.Out(new MachineOutput.Publish(new ReplicaAgentProtocol.Ordering(ordered)));
    }

    private void CarryOut(View view, StartItem item)
    {
        var replica = replicas.Find(item.State.Incarnation) ?? replicas.Add(item.State);
        var isFull = item.Full.Any(full => full.Host == context.Self);
        if (!isFull)
        {
            Replicas.EndWaiters(replica, "this host's copy was set aside, and the view has another one");
            replica.Empty(); // Partial fills are thrown away at each change of view, and so is a copy without content when another has it.
        }

        replica.State = item.State;
        replica.OrdererHost = item.Orderer;
        (replica.Tenure, replica.StartEnd) = (item.LogEnd, item.LogEnd);
        replica.Orderer = null;
        replica.FullHosts.Clear();
        replica.FullHosts.UnionWith(item.Full.Select(full => full.Host));

        // What every full host has is stable: that is what the word means.
        var stable = item.Full.Min(full => full.LogEnd);
        if (item.Orderer == context.Self)
        {
            replica.Orderer = new Orderer(context, replicas, replica, view.Number, item.Full, item.Holder, stable);
            replicas.Busy.Add(replica);
        }

        replicas.Advance(replica, stable);
    }
}
