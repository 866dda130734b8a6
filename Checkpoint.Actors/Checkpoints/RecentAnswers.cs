namespace Checkpoint.Actors.Checkpoints;

/// <summary>
/// The answers that this run of an entity gave, so that a copy of a request gets the first one. What a row of the journal stands for is
/// remembered besides (<see cref="RequestMemory"/>); the rest changed nothing, so the oldest may be forgotten and asked anew. Pure.
/// </summary>
internal sealed class RecentAnswers
{
    /// <summary>A copy is some hundred milliseconds behind; an entity gives a few hundred answers a second. About 30 KiB at the most.</summary>
    private const int CountMax = 256;

    private readonly Queue<RequestId> _order = [];
    private readonly Dictionary<RequestId, CheckpointProtocol.IReply> _answers = [];

    public CheckpointProtocol.IReply? Of(CheckpointProtocol.ICommand command) =>
        command.IsRepeated ? _answers.GetValueOrDefault(new RequestId(command.Asker, command.Number)) : null;

    /// <summary>Not TRY_AGAIN, which says that it was not done and may be; nor what only tells how things are.</summary>
    public void Add(CheckpointProtocol.ICommand command, CheckpointProtocol.IReply reply)
    {
        var request = new RequestId(command.Asker, command.Number);
        if (!command.IsRepeated || reply.Status == Protocol.AisStatus.TryAgain || command is CheckpointProtocol.Describe or CheckpointProtocol.Ping
            || !_answers.TryAdd(request, reply))
            return;
        _order.Enqueue(request);
        if (_order.Count > CountMax)
            _answers.Remove(_order.Dequeue());
    }
}
