using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Checkpoint.Cli.Streams;

/// <summary>The few calls of libc on a descriptor that .NET does not make, or hides the outcome of.</summary>
internal static class Descriptor
{
    private const int GetFlags = 1; // F_GETFD
    private const int CloseOnExec = 1;
    private const int Interrupted = 4; // EINTR
    private const int WouldBlock = 11; // EAGAIN
    private const int BrokenPipe = 32; // EPIPE
    private const short CanWrite = 0x4;
    private const short Broken = 0x8 | 0x10; // POLLERR | POLLHUP

    /// <summary>Open, and from before the exec.</summary>
    public static bool IsInherited(int number) => fcntl(number, GetFlags) is >= 0 and var flags && (flags & CloseOnExec) == 0;

    /// <summary>Sleeps until nobody reads the other end.</summary>
    /// <returns>False when it cannot be told.</returns>
    public static bool WaitUntilBroken(int number)
    {
        var watched = new Poll { Number = number };
        int ready;
        do
            ready = poll(ref watched, 1, -1);
        while (ready < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return ready > 0 && (watched.Returned & Broken) != 0;
    }

    /// <summary>Writes all of it; waits where the descriptor does not.</summary>
    /// <exception cref="ReaderGoneException">Nobody reads the other end any more.</exception>
    /// <exception cref="IOException">With the system's reason.</exception>
    public static void Write(int number, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = write(number, in MemoryMarshal.GetReference(bytes), (nuint)bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            switch (error)
            {
                case Interrupted:
                    break;
                case WouldBlock:
                    var watched = new Poll { Number = number, Wanted = CanWrite };
                    poll(ref watched, 1, -1);
                    break;
                case BrokenPipe:
                    throw new ReaderGoneException();
                default:
                    throw new IOException(new Win32Exception(error).Message);
            }
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int fcntl(int number, int command);

    [DllImport("libc", SetLastError = true)]
    private static extern nint write(int number, in byte bytes, nuint count);

    [DllImport("libc", SetLastError = true)]
    private static extern int poll(ref Poll watched, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Poll
    {
        public int Number;
        public short Wanted;
        public short Returned;
    }
}
