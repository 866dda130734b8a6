using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Checkpoint.Host.Gateway;

/// <summary>Which process connected, by the kernel's word.</summary>
public readonly record struct PeerIdentity(int Pid, uint Uid, uint Gid)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int SoPeerGroups = 59;
    private const int GroupsMax = 1024;

    /// <exception cref="SocketException">The kernel does not tell.</exception>
    public static PeerIdentity Of(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        return new PeerIdentity(
            MemoryMarshal.Read<int>(credentials), MemoryMarshal.Read<uint>(credentials[4..]), MemoryMarshal.Read<uint>(credentials[8..]));
    }

    /// <summary>
    /// The same rule as the socket's mode 0660, checked again because a mode can be changed: root, the host's own user, or somebody in the host's group.
    /// </summary>
    public bool MayConnect(Socket socket) => Uid == 0 || Uid == geteuid() || Gid == getegid() || IsInGroup(socket, getegid());

    public override string ToString() => $"uid {Uid} pid {Pid}";

    private static bool IsInGroup(Socket socket, uint group)
    {
        Span<byte> groups = new byte[GroupsMax * sizeof(uint)];
        try
        {
            var bytes = socket.GetRawSocketOption(SolSocket, SoPeerGroups, groups);
            return MemoryMarshal.Cast<byte, uint>(groups[..bytes]).Contains(group);
        }
        catch (SocketException)
        {
            return false; // More groups than the kernel allows, or a kernel before 4.13: not known to be in ours.
        }
    }

    [DllImport("libc")]
    private static extern uint geteuid();

    [DllImport("libc")]
    private static extern uint getegid();
}
