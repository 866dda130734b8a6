namespace Checkpoint.Actors.Configuration;

/// <summary>The configuration cannot be used. The message names every fault, by its full key, one a line.</summary>
public sealed class ConfigurationFaultsException(IReadOnlyList<string> faults)
    : Exception(string.Join(Environment.NewLine, faults))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
