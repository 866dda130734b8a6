using System.Runtime.InteropServices;

namespace Checkpoint.Host.Logging;

/// <summary>
/// Standard output or standard error, by the system's own call: the runtime's console hides that a reader has gone. A descriptor that was
/// closed when the process began has been given to something of the runtime's since, and is never written to.
/// </summary>
public sealed class DescriptorTarget : ILineTarget
{
    private const int GetFlags = 1;
    private const int CloseOnExec = 1;
    private const int Interrupted = 4;
    private const int WouldBlock = 11;
    private const short Writable = 4;

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    private readonly int _descriptor;
    private readonly bool _isInherited;
    private bool _isTorn;

    public DescriptorTarget(int descriptor)
    {
        _descriptor = descriptor;
        // Whatever the runtime opens is closed on exec, so it cannot have been there before.
        _isInherited = fcntl(descriptor, GetFlags) is var flags and >= 0 && (flags & CloseOnExec) == 0;
    }

    public void Write(ReadOnlySpan<byte> lines)
    {
        if (!_isInherited)
            throw new IOException("it was closed when this process began");
        if (_isTorn)
            WriteAll(LineEnd);
        _isTorn = false;
        WriteAll(lines);
    }

    public void Dispose()
    {
        // The process's, not ours.
    }

    private void WriteAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = write(_descriptor, in MemoryMarshal.GetReference(bytes), bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                _isTorn = !bytes.IsEmpty;
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock)
                WaitUntilWritable();
            else if (error != Interrupted)
                throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        }
    }

    /// <summary>Whoever gave it to us has made it non-blocking, for all who have it.</summary>
    private void WaitUntilWritable()
    {
        var wanted = new Poll { Descriptor = _descriptor, Events = Writable };
        _ = poll(ref wanted, 1, -1); // Interrupted or not: the next write tells.
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int fcntl(int descriptor, int command);

    [DllImport("libc", SetLastError = true)]
    private static extern nint write(int descriptor, in byte first, nint bytes);

    [DllImport("libc", SetLastError = true)]
    private static extern int poll(ref Poll wanted, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Poll
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}
