using Checkpoint.Protocol;

namespace Checkpoint.Actors.Diagnostics;

/// <summary>What a host is told to do wrong, for tests. All off is a healthy host.</summary>
/// <param name="Stall">How long each message between agents waits before it is handled.</param>
/// <param name="Drop">The fraction of messages between agents that is lost, 0 to 1.</param>
/// <param name="DropSeed">Seed of the choice of lost messages.</param>
/// <param name="NoMemory">The agent has no memory for what grows: creates and growing writes get NO_MEMORY.</param>
/// <param name="ClockOffset">Added to the wall clock; the monotonic clock stays as it is.</param>
/// <param name="Throw">Where the work on one checkpoint's content throws.</param>
public sealed record FaultSettings(
    TimeSpan Stall, double Drop, int DropSeed, bool NoMemory, TimeSpan ClockOffset, ContentThrow? Throw = null)
{
    public static readonly FaultSettings None = new(TimeSpan.Zero, 0, 1, false, TimeSpan.Zero);
}

/// <summary>
/// The one place where a running host looks up whether to misbehave. Any thread may read or set it. A host whose configuration
/// does not enable faults has <see cref="Off"/>, which cannot be set.
/// </summary>
public sealed class FaultSwitch
{
    public static readonly FaultSwitch Off = new();

    private readonly bool _enabled;
    private readonly Lock _gate = new();
    private FaultSettings _settings = FaultSettings.None;
    private Random _drops = new(FaultSettings.None.DropSeed);

    private FaultSwitch()
    {
    }

    /// <summary>An enabled switch.</summary>
    public FaultSwitch(FaultSettings settings)
    {
        _enabled = true;
        Set(settings);
    }

    public FaultSettings Settings => Volatile.Read(ref _settings);

    /// <summary>A <see cref="ContentFault"/>.</summary>
    /// <exception cref="InjectedFaultException">The settings say so.</exception>
    public void Throw(ContentStep step, CheckpointName name, ContentOp? op)
    {
        if (Settings.Throw is { } fault && fault.Step == step && fault.Name.Equals(name))
            throw new InjectedFaultException($"the fault 'throw' in {step}");
    }

    /// <exception cref="InvalidOperationException">Faults are not enabled on this host.</exception>
    public void Set(FaultSettings settings)
    {
        if (!_enabled)
            throw new InvalidOperationException("checkpoint.faults.enabled is off on this host");

        lock (_gate)
        {
            if (settings.DropSeed != _settings.DropSeed)
                _drops = new Random(settings.DropSeed);
            Volatile.Write(ref _settings, settings);
        }
    }

    /// <summary>Whether the message at hand is to be lost. Consumes one draw of the seed when <c>drop</c> is set.</summary>
    public bool LosesThisOne()
    {
        if (Settings.Drop <= 0)
            return false;

        lock (_gate)
            return _drops.NextDouble() < _settings.Drop;
    }
}
