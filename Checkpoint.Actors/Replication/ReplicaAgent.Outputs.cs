using Akka.Actor;
using Akka.Event;
using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <content>What the machine wants done.</content>
public sealed partial class ReplicaAgent
{
    private void CarryOut(MachineOutput output)
    {
        switch (output)
        {
            case MachineOutput.Send send:
                Send(send);
                break;
            case MachineOutput.Reply reply:
                ((IActorRef)reply.Caller).Tell(reply.Message, Self);
                break;
            case MachineOutput.Push push:
                ((IActorRef)push.Caller).Tell(push.Message, Self);
                break;
            case MachineOutput.Continue:
                Self.Tell(GoOn.Instance); // Behind the heartbeats and all else that is in the mailbox.
                break;
            case MachineOutput.Map map:
                _neighbours.Map.Tell(map.Message, Self);
                break;
            case MachineOutput.Publish publish:
                Context.System.EventStream.Publish(publish.Event);
                break;
            case MachineOutput.Adopted adopted:
                Context.System.EventStream.Publish(new ViewAdopted(adopted.View));
                break;
            case MachineOutput.ReadViews:
                _neighbours.Views.Tell(ViewJournalProtocol.Read.Instance, Self);
                break;
            case MachineOutput.AppendView append:
                _neighbours.Views.Tell(new ViewJournalProtocol.Append(new ViewRow(append.Row.Number, ViewCodec.Encode(append.Row))), Self);
                break;
            case MachineOutput.Probe probe:
                Probe(probe.Host);
                break;
            case MachineOutput.Log line:
                _log.Log(LevelOf(line.Level), null, line.Text);
                break;
            default:
                throw new InvalidOperationException($"nothing carries out {output.GetType().Name}");
        }
    }

    private void Send(MachineOutput.Send send)
    {
        var lost = _links.Lost;
        _links.Send(send.To, send.Message, _clock.GetTimestamp());
        if (_links.Unencoded is { } e)
            _log.Warning("A {0} for {1} has no bytes and is lost: {2}", send.Message.GetType().Name, send.To, SetAsideText.Of(e));
        else if (_links.Lost != lost && _links.Lost is 1 or 100 or 10_000)
            _log.Warning(
                "The link to {0} did not take a {1}: it is too big, or too much waits for that host ({2} so far)", send.To, send.Message.GetType().Name, _links.Lost);
    }

    private void Probe(HostId host)
    {
        if (!_probing.Add(host))
            return;
        KernelProbe.IsKnownDeadAsync(host, _options.ProbeTimeout, _clock)
            .PipeTo(Self, success: dead => new Probed(host, dead), failure: _ => new Probed(host, false));
    }

    private static Akka.Event.LogLevel LevelOf(MachineOutput.LogLevel level) => level switch
    {
        MachineOutput.LogLevel.Debug => Akka.Event.LogLevel.DebugLevel,
        MachineOutput.LogLevel.Info => Akka.Event.LogLevel.InfoLevel,
        MachineOutput.LogLevel.Warning => Akka.Event.LogLevel.WarningLevel,
        _ => Akka.Event.LogLevel.ErrorLevel,
    };
}
