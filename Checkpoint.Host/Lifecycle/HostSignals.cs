using System.Runtime.InteropServices;

namespace Checkpoint.Host.Lifecycle;

/// <summary>
/// Every signal that a process can handle, from the first line of Main to its end; docs/FAILURES.md has the table. What is not an order to a
/// host must not end it or stop it, so the rest is ignored.
/// </summary>
public sealed class HostSignals
{
    /// <summary>
    /// By Linux's numbers (x86, ARM): USR1, USR2, ALRM, STKFLT, TSTP, TTIN, TTOU, XCPU, XFSZ (a write then fails instead), VTALRM, PROF, IO, PWR. The runtime ignores PIPE
    /// itself, and CHLD, CONT, URG and WINCH do nothing to a process that does not ask for them.
    /// </summary>
    private static readonly int[] Ignored = [10, 12, 14, 16, 20, 21, 22, 24, 25, 26, 27, 29, 30];

    /// <summary>Real-time signals; the C library and the runtime have those below.</summary>
    private const int RealTimeFirst = 35;

    private const int RealTimeLast = 64;

    /// <summary>Never disposed of: a signal that comes while the process ends would have the system's own effect.</summary>
    private static readonly List<PosixSignalRegistration> Registered = [];

    private readonly Lock _gate = new();
    private PosixSignal? _leave;
    private bool _reload;
    private (Action<PosixSignal> Leave, Action Reload)? _orders;

    private HostSignals()
    {
    }

    public static HostSignals Install()
    {
        var signals = new HostSignals();
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
            Registered.Add(PosixSignalRegistration.Create(signal, signals.OnLeave));
        Registered.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, signals.OnReload));
        foreach (var signal in Ignored.Concat(Enumerable.Range(RealTimeFirst, RealTimeLast - RealTimeFirst + 1)))
            Registered.Add(PosixSignalRegistration.Create((PosixSignal)signal, context => context.Cancel = true));
        return signals;
    }

    /// <summary>What came before is carried out now. Both are called on threads of the pool.</summary>
    /// <param name="leave">May come several times.</param>
    public void Attach(Action<PosixSignal> leave, Action reload)
    {
        lock (_gate)
        {
            _orders = (leave, reload);
            if (_reload)
                reload();
            if (_leave is { } signal)
                leave(signal);
        }
    }

    private void OnLeave(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_gate)
        {
            if (_orders is { } orders)
                orders.Leave(context.Signal);
            else
                _leave ??= context.Signal;
        }
    }

    private void OnReload(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_gate)
        {
            if (_orders is { } orders)
                orders.Reload();
            else
                _reload = true;
        }
    }
}
