using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Checkpoint.Tests.Processes;

/// <summary>The signals that tests send, by Linux's numbers.</summary>
public enum Signal
{
    Hup = 1,
    Int = 2,
    Quit = 3,
    Usr1 = 10,
    Usr2 = 12,
    Pipe = 13,
    Alrm = 14,
    Term = 15,
    StkFlt = 16,
    Chld = 17,
    Cont = 18,
    Stop = 19,
    Tstp = 20,
    Ttin = 21,
    Ttou = 22,
    Urg = 23,
    Xcpu = 24,
    Xfsz = 25,
    VtAlrm = 26,
    Prof = 27,
    Winch = 28,
    Io = 29,
    Pwr = 30,
    Kill = 9,

    /// <summary>The first real-time signal that a program may use; the runtime has the one before it.</summary>
    RealTime1 = 35,

    /// <summary>The last real-time signal.</summary>
    RealTimeMax = 64,
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
