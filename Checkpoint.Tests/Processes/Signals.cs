using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Checkpoint.Tests.Processes;

/// <summary>The signals that tests send, by Linux's numbers.</summary>
public enum Signal
{
    Hup = 1,
    Kill = 9,
    Term = 15,
    Cont = 18,
    Stop = 19,
}

public static class Signals
{
    /// <exception cref="Win32Exception">The kernel refused, as when the process is gone.</exception>
    public static void Send(int pid, Signal signal)
    {
        if (kill(pid, (int)signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"kill({pid}, {signal})");
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);
}
