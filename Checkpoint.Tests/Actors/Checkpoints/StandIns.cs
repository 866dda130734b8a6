using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;
using static Checkpoint.Actors.Replication.ReplicaAgentProtocol;
using static Checkpoint.Actors.Sessions.SessionRegistryProtocol;

namespace Checkpoint.Tests.Actors.Checkpoints;

/// <summary>A host's agent that keeps no content: incarnations live from Create to Delete, and every command is on record.</summary>
internal sealed class StandInAgent
{
    private readonly ConcurrentQueue<ICommand> _heard = [];
    private volatile Func<ICommand, AisStatus?> _rule = _ => AisStatus.Ok;

    public StandInAgent(TestProbe probe)
    {
        Ref = probe.Ref;
        probe.IgnoreMessages(_ => true);
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            Hear((ICommand)message, sender);
            return AutoPilot.KeepRunning;
        }));
    }

    public IActorRef Ref { get; }

    public ConcurrentDictionary<IncarnationId, bool> Lives { get; } = new();

    public long ViewNumber { get; set; } = 1;

    public IReadOnlyList<HostId> Hosts { get; set; } = [Some.A, Some.B];

    public IReadOnlyList<T> Heard<T>()
        where T : ICommand => [.. _heard.OfType<T>()];

    /// <summary>What each command's status is; null stays unanswered.</summary>
    public void Answer(Func<ICommand, AisStatus?> rule) => _rule = rule;

    public void AnswerOk() => _rule = _ => AisStatus.Ok;

    private void Hear(ICommand command, IActorRef sender)
    {
        _heard.Enqueue(command);
        if (_rule(command) is not { } status)
            return;
        if (command is GetLive)
        {
            sender.Tell(status == AisStatus.Ok
                ? new Live(command.Number, status, null, ViewNumber, Hosts, [.. Lives.Keys])
                : new Live(command.Number, status, "no lease", 0, [], []));
            return;
        }

        if (status == AisStatus.Ok && command is Create create)
            Lives[create.Incarnation] = true;
        if (status == AisStatus.Ok && command is Delete delete)
            Lives.TryRemove(delete.Incarnation, out _);
        sender.Tell(new Done(command.Number, status, status == AisStatus.Ok ? null : "as the test says"));
    }
}

/// <summary>A host's session registry that has the opens it is given and answers as the contract says.</summary>
internal sealed class StandInRegistry
{
    private readonly ConcurrentQueue<RollCall> _heard = [];

    public StandInRegistry(TestProbe probe, HostId host)
    {
        Ref = probe.Ref;
        probe.IgnoreMessages(_ => true);
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            var call = (RollCall)message;
            _heard.Enqueue(call);
            if (Answering)
                sender.Tell(new Present(call.Name, call.Term, call.Number, host, 1, Opens));
            return AutoPilot.KeepRunning;
        }));
    }

    public IActorRef Ref { get; }

    public volatile bool Answering = true;

    public volatile IReadOnlyList<OpenPresent> Opens = [];

    public IReadOnlyList<RollCall> Heard => [.. _heard];

    public void Has(IncarnationId incarnation, params CheckpointProtocol.Opener[] openers) =>
        Opens = [.. openers.Select(opener => new OpenPresent(incarnation, opener))];
}
