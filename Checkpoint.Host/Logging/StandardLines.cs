namespace Checkpoint.Host.Logging;

/// <summary>The process's own two outputs, shared by all that writes lines: nothing of a host writes to the console itself.</summary>
public static class StandardLines
{
    /// <summary>How long a process that ends tries to get its last lines out.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly Lazy<LineQueue> LazyOutput = new(() => new LineQueue("standard output", new DescriptorTarget(1), TimeProvider.System));
    private static readonly Lazy<LineQueue> LazyError = new(() => new LineQueue("standard error", new DescriptorTarget(2), TimeProvider.System));

    public static LineQueue Output => LazyOutput.Value;

    public static LineQueue Error => LazyError.Value;
}
