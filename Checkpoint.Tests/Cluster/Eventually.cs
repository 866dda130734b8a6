namespace Checkpoint.Tests.Cluster;

/// <summary>For what a spec can only see by asking: asked again until it is so, or until the patience is over.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <param name="what">What is waited for, for the message of a timeout.</param>
    public static async Task TrueAsync(string what, Func<Task<bool>> isSo, TimeSpan? patience = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        var limit = patience ?? TestCluster.Patience;
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(began) > limit)
                throw new TimeoutException($"{what}: not within {limit}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
