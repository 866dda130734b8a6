namespace Checkpoint.Client.Connection;

/// <summary>Lets one reader at a time read a handle's changes.</summary>
internal sealed class ChangeGate
{
    private int _isTaken;

    /// <exception cref="InvalidOperationException">Somebody is reading already.</exception>
    public void Enter()
    {
        if (Interlocked.Exchange(ref _isTaken, 1) != 0)
            throw new InvalidOperationException("the changes of this handle are being read already; open the checkpoint once more for another reader");
    }

    public void Leave() => Volatile.Write(ref _isTaken, 0);
}
