using Checkpoint.Protocol;

namespace Checkpoint.Actors.Views;

/// <summary>Who must agree: the arithmetic of views, without state.</summary>
internal static class ViewRules
{
    /// <summary>How many of so many hosts not known dead make a majority for proposing and adopting; of two it is one, since the journal decides.</summary>
    public static int AdoptersNeeded(int aliveCount) => aliveCount switch
    {
        0 => 0,
        2 => 1,
        _ => (aliveCount / 2) + 1,
    };

    /// <summary>How many hosts of a view, the holder and the dead ones included, must answer for a lease; of two both, of one itself.</summary>
    public static int LeaseNeeded(int hostCount) => (hostCount / 2) + 1;
}
