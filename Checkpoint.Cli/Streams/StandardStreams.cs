namespace Checkpoint.Cli.Streams;

/// <summary>
/// The streams that this process was started with. One that was closed is no stream: its number belongs to something of the runtime by now,
/// and whoever writes or reads there talks to the runtime.
/// </summary>
internal static class StandardStreams
{
    private const int InputNumber = 0;
    private const int OutputNumber = 1;
    private const int ErrorNumber = 2;

    /// <summary>When it was closed, reading throws <see cref="IOException"/>.</summary>
    public static Stream Input() => WasOpen(InputNumber) ? Console.OpenStandardInput() : new ClosedStream("standard input is closed");

    /// <summary>Writes fail with <see cref="IOException"/>, with <see cref="ReaderGoneException"/> when nobody reads them any more.</summary>
    public static Stream Output() => WasOpen(OutputNumber) ? new DescriptorStream(OutputNumber) : new ClosedStream("standard output is closed");

    /// <summary>Never fails: a message that cannot be told has nowhere else to go, and the exit code says it too.</summary>
    public static Stream Error() => WasOpen(ErrorNumber) ? new DescriptorStream(ErrorNumber) { MayLose = true } : Stream.Null;

    /// <summary>Cancelled when nobody will read the output any more. Costs a thread that sleeps.</summary>
    public static CancellationToken OutputReaderGone()
    {
        var gone = new CancellationTokenSource();
        if (!WasOpen(OutputNumber))
            return gone.Token;
        var watching = new Thread(() =>
        {
            if (Descriptor.WaitUntilBroken(OutputNumber))
                gone.Cancel();
        })
        { IsBackground = true, Name = "output reader" };
        watching.Start();
        return gone.Token;
    }

    /// <summary>What comes over an exec is not marked to be closed by one; what the runtime opens before Main is.</summary>
    private static bool WasOpen(int number) => Descriptor.IsInherited(number);
}
