namespace Checkpoint.Tests.Cluster;

/// <summary>Specs with several hosts in this process run one after the other and beside nothing else: they need the cores.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ClusterCollection
{
    public const string Name = "Cluster";
}
