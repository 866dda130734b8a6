using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>The one place that knows which commands name a handle: the application's handles keep their number, a session's do not.</summary>
internal static class HandleMapping
{
    /// <summary>The handle that a command is about, or 0.</summary>
    public static ulong HandleOf(SessionProtocol.Command command) => command switch
    {
        SessionProtocol.Close about => about.Handle,
        SessionProtocol.SetRetention about => about.Handle,
        SessionProtocol.SetActiveReplica about => about.Handle,
        SessionProtocol.GetStatus about => about.Handle,
        SessionProtocol.Change about => about.Handle,
        SessionProtocol.Read about => about.Handle,
        SessionProtocol.Synchronize about => about.Handle,
        SessionProtocol.IterationInitialize about => about.Handle,
        SessionProtocol.Track about => about.Handle,
        _ => 0,
    };

    public static SessionProtocol.Command With(SessionProtocol.Command command, ulong handle) => command switch
    {
        SessionProtocol.Close about => about with { Handle = handle },
        SessionProtocol.SetRetention about => about with { Handle = handle },
        SessionProtocol.SetActiveReplica about => about with { Handle = handle },
        SessionProtocol.GetStatus about => about with { Handle = handle },
        SessionProtocol.Change about => about with { Handle = handle },
        SessionProtocol.Read about => about with { Handle = handle },
        SessionProtocol.Synchronize about => about with { Handle = handle },
        SessionProtocol.IterationInitialize about => about with { Handle = handle },
        SessionProtocol.Track about => about with { Handle = handle },
        _ => command,
    };
}
