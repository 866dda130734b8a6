namespace Checkpoint.Actors.Replication;

/// <summary>
/// One queue's turn to go on. A step takes a batch of it, and a job the next one. What an item sets off may ask for the queue to go on again: it does, but
/// by whoever has the turn already, so that the stack does not grow with the queue.
/// </summary>
internal sealed class PumpTurn
{
    private bool _isTaken;

    public void Take(MachineContext context, Func<bool> next) => Take(context, next, context.Options.BatchMax);

    /// <param name="next">Does the first of the queue. False: there is none, or it has to wait.</param>
    /// <param name="batch">So many in one step.</param>
    public void Take(MachineContext context, Func<bool> next, int batch)
    {
        if (_isTaken)
            return;
        _isTaken = true;
        for (var left = batch; left > 0; left--)
            if (!next())
            {
                _isTaken = false;
                return;
            }

        context.Jobs.Begin(new BatchJob(() =>
        {
            _isTaken = false;
            Take(context, next, batch);
        }));
    }
}
