using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Checkpoint.Host.Gateway;

/// <summary>
/// Tells when a process has ended, by the kernel's word (pidfd, Linux 5.3): a client's connection may outlive it, because a forked child
/// keeps the descriptor open. One thread for all processes, started with the first. A stopped process has not ended.
/// </summary>
public sealed class ProcessWatch : IDisposable
{
    private const int NoSuchProcess = 3;
    private const int Interrupted = 4;
    private const int EventsMax = 64;

    /// <summary>Processes are numbered from 1.</summary>
    private const ulong WakeUp = 0;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Watched> _processes = [];
    private Poller? _poller;
    private ulong _lastId;
    private bool _isDisposed;

    /// <summary>Calls <paramref name="ended"/> once, on another thread, when the process has ended, unless the result is disposed of before.</summary>
    /// <returns>Null where the kernel cannot tell: it knows no pidfd, the process is in another namespace, no descriptor or thread is left.</returns>
    public IDisposable? Watch(int pid, Action ended)
    {
        lock (_gate)
        {
            if (_isDisposed)
                return null;
            var process = new SafeFileHandle(Kernel.OpenProcess(pid), ownsHandle: true);
            if (process.IsInvalid)
            {
                if (Marshal.GetLastPInvokeError() == NoSuchProcess)
                    ThreadPool.QueueUserWorkItem(_ => ended());
                return null;
            }

            _poller ??= Poller.Start(Ended);
            var watched = new Watched(this, ++_lastId, process, ended);
            if (_poller is null || !_poller.Add(watched.Id, process))
            {
                process.Dispose();
                return null;
            }

            _processes.Add(watched.Id, watched);
            return watched;
        }
    }

    public void Dispose()
    {
        List<Watched> left;
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            left = [.. _processes.Values];
        }

        _poller?.Dispose();
        left.ForEach(watched => watched.Dispose());
    }

    private void Ended(ulong id)
    {
        Watched? watched;
        lock (_gate)
            watched = _processes.GetValueOrDefault(id);
        watched?.Dispose();
        watched?.Ended();
    }

    private void Forget(Watched watched)
    {
        lock (_gate)
        {
            if (_processes.Remove(watched.Id))
                watched.Process.Dispose(); // The kernel takes a closed descriptor out of the poller.
        }
    }

    private sealed record Watched(ProcessWatch Owner, ulong Id, SafeFileHandle Process, Action Ended) : IDisposable
    {
        public void Dispose() => Owner.Forget(this);
    }

    /// <summary>The thread that waits, and what it waits at.</summary>
    private sealed class Poller : IDisposable
    {
        private readonly SafeFileHandle _events;
        private readonly SafeFileHandle _wakeUp;
        private readonly Action<ulong> _ended;
        private readonly Thread _thread;
        private volatile bool _isStopping;

        private Poller(SafeFileHandle events, SafeFileHandle wakeUp, Action<ulong> ended)
        {
            (_events, _wakeUp, _ended) = (events, wakeUp, ended);
            _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "gateway processes" };
        }

        /// <returns>Null when no descriptor or no thread is left.</returns>
        public static Poller? Start(Action<ulong> ended)
        {
            var poller = new Poller(
                new SafeFileHandle(Kernel.epoll_create1(Kernel.CloseOnExec), ownsHandle: true),
                new SafeFileHandle(Kernel.eventfd(0, Kernel.CloseOnExec), ownsHandle: true),
                ended);
            if (poller._events.IsInvalid || poller._wakeUp.IsInvalid || !poller.Add(WakeUp, poller._wakeUp))
            {
                poller._events.Dispose();
                poller._wakeUp.Dispose();
                return null;
            }

            try
            {
                poller._thread.Start();
            }
            catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
            {
                poller._events.Dispose();
                poller._wakeUp.Dispose();
                return null; // No thread is left: the connection's end has to do.
            }

            return poller;
        }

        public bool Add(ulong id, SafeFileHandle descriptor)
        {
            Span<byte> what = stackalloc byte[EpollEvent.Bytes];
            EpollEvent.Write(what, id);
            return Kernel.epoll_ctl(_events, Kernel.ControlAdd, descriptor, ref MemoryMarshal.GetReference(what)) == 0;
        }

        public void Dispose()
        {
            _isStopping = true;
            ulong one = 1;
            _ = Kernel.write(_wakeUp, ref one, sizeof(ulong));
            if (Thread.CurrentThread != _thread)
                _thread.Join();
            _events.Dispose();
            _wakeUp.Dispose();
        }

        private void Run()
        {
            Span<byte> happened = stackalloc byte[EventsMax * EpollEvent.Bytes];
            while (!_isStopping)
            {
                var count = Kernel.epoll_wait(_events, ref MemoryMarshal.GetReference(happened), EventsMax, Timeout.Infinite);
                if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted)
                    throw new InvalidOperationException($"epoll_wait: {Marshal.GetLastPInvokeErrorMessage()}");
                for (var i = 0; i < count; i++)
                {
                    if (EpollEvent.IdOf(happened[(i * EpollEvent.Bytes)..]) is not WakeUp and var id)
                        _ended(id);
                }
            }
        }
    }

    /// <summary>struct epoll_event: u32 events | u64 data; without a gap between them on x86-64 only.</summary>
    private static class EpollEvent
    {
        private const uint Readable = 1;

        public static int Bytes => DataAt + sizeof(ulong);

        private static int DataAt => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

        public static void Write(Span<byte> to, ulong id)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(to, Readable);
            BinaryPrimitives.WriteUInt64LittleEndian(to[DataAt..], id);
        }

        public static ulong IdOf(ReadOnlySpan<byte> from) => BinaryPrimitives.ReadUInt64LittleEndian(from[DataAt..]);
    }

    private static class Kernel
    {
        /// <summary>O_CLOEXEC, which EPOLL_CLOEXEC and EFD_CLOEXEC are too.</summary>
        public const int CloseOnExec = 0x80000;

        public const int ControlAdd = 1;

        /// <summary>pidfd_open has this number on every architecture; musl has no function for it. Close-on-exec by itself.</summary>
        private const long PidfdOpen = 434;

        public static nint OpenProcess(int pid) => (nint)syscall(PidfdOpen, pid, 0);

        [DllImport("libc", SetLastError = true)]
        public static extern int epoll_create1(int flags);

        [DllImport("libc", SetLastError = true)]
        public static extern int epoll_ctl(SafeFileHandle epoll, int operation, SafeFileHandle descriptor, ref byte what);

        [DllImport("libc", SetLastError = true)]
        public static extern int epoll_wait(SafeFileHandle epoll, ref byte happened, int countMax, int timeout);

        [DllImport("libc", SetLastError = true)]
        public static extern int eventfd(uint initial, int flags);

        [DllImport("libc", SetLastError = true)]
        public static extern nint write(SafeFileHandle descriptor, ref ulong value, nint bytes);

        [DllImport("libc", SetLastError = true)]
        private static extern long syscall(long number, int pid, uint flags);
    }
}
