using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>Why there is no connection: written by the connection's actor, read on any thread.</summary>
internal sealed class Trouble
{
    private readonly Lock _gate = new();
    private (AisStatus Refusal, string Why) _value = (AisStatus.Ok, "no contact point has answered");

    /// <summary>The status of the last refusal (Ok: nobody refused), and what was heard last.</summary>
    public (AisStatus Refusal, string Why) Value
    {
        get
        {
            lock (_gate)
                return _value;
        }

        set
        {
            lock (_gate)
                _value = value;
        }
    }
}
