namespace Checkpoint.Transport.Secrets;

/// <summary>What a process that connects is to the cluster; the other side may take less from one than from another.</summary>
public enum Role : byte
{
    /// <summary>A host of the service.</summary>
    Host = 1,

    /// <summary>An application that is a member of the hosts' cluster.</summary>
    Member = 2,

    /// <summary>An application that is none.</summary>
    Client = 3,
}
