using Checkpoint.Actors.Transit;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>What one client holds of its host's <see cref="TransitBudgets"/>. Thread-safe.</summary>
public sealed class SessionRoom
{
    /// <param name="cutOff">Called with the reason when the client keeps bytes that others need; on any thread.</param>
    public SessionRoom(TransitBudgets budgets, SessionOptions limits, Action<string> cutOff)
    {
        Requests = budgets.Requests.Open(limits.InFlightBytesMax, cutOff);
        Answers = budgets.Answers.Open(limits.InFlightBytesMax, cutOff);
        Iterations = budgets.Iterations.Open(long.MaxValue, cutOff);
    }

    /// <summary>Content on its way to the replicas.</summary>
    public ByteAccount Requests { get; }

    /// <summary>What is on its way to the client.</summary>
    public ByteAccount Answers { get; }

    /// <summary>Ids that its iterations hold.</summary>
    public ByteAccount Iterations { get; }

    /// <summary>The client is gone.</summary>
    public void Close()
    {
        Requests.Close();
        Answers.Close();
        Iterations.Close();
    }

    /// <summary>
    /// What a message to the client has reserved of <see cref="Answers"/>. Small answers without content have nothing: there are no more of them
    /// than requests.
    /// </summary>
    public static long BytesOf(SessionProtocol.IMessage message) => message switch
    {
        SessionProtocol.Answer { Body: SessionProtocol.Data data } => BytesOf(data),
        SessionProtocol.Answer { Body: SessionProtocol.Sections or SessionProtocol.NodeStatus or SessionProtocol.NodeLimits or SessionProtocol.CheckpointList or SessionProtocol.CheckpointDetail }
            or SessionProtocol.Changed => SessionCodec.SizeHint(message),
        _ => 0,
    };

    private static long BytesOf(SessionProtocol.Data data)
    {
        var bytes = 0L;
        foreach (var buffer in data.Buffers)
            bytes += buffer.Length;
        return bytes;
    }
}
