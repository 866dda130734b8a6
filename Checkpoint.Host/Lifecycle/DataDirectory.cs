using System.Globalization;

namespace Checkpoint.Host.Lifecycle;

/// <summary>
/// A host's own directory while it runs: locked, with its pid and, once it is ready, its ready line. A supervisor or a test
/// watches for <c>ready</c>; it appears whole (by a rename) and goes when the host begins to leave.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    /// <summary>A killed process gives its lock back only when the kernel has taken it down, which a quick supervisor does not wait for.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(100);

    private const string LockName = "lock";
    private const string ReadyName = "ready";
    private const string ReadyDraftName = "ready.new";
    private const string PidName = "checkpointd.pid";
    private const string FaultsName = "faults.conf";

    private readonly Lock _gate = new();
    private readonly FileStream _lock;
    private bool _isWithdrawn;

    private DataDirectory(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>Names that nothing else in the directory may have.</summary>
    public static IReadOnlyList<string> OwnFiles { get; } = [LockName, ReadyName, ReadyDraftName, PidName, FaultsName];

    public string Path { get; }

    public string ReadyFile => System.IO.Path.Combine(Path, ReadyName);

    private string NewReadyFile => System.IO.Path.Combine(Path, ReadyDraftName);

    public string PidFile => System.IO.Path.Combine(Path, PidName);

    public string FaultsFile => System.IO.Path.Combine(Path, FaultsName);

    /// <exception cref="StartFailedException">It cannot be made, or another host has it.</exception>
    public static async Task<DataDirectory> TakeAsync(string path, TimeProvider clock)
    {
        if (OperatingSystem.IsWindows())
            throw new StartFailedException("checkpointd needs the file modes and sockets of Unix");

        var begun = clock.GetTimestamp();
        FileStream taken;
        while (true)
        {
            try
            {
                Directory.CreateDirectory(path, Private);
                taken = new FileStream(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                break;
            }
            catch (IOException) when (clock.GetElapsedTime(begun) < LockPatience)
            {
                await Task.Delay(LockRetry, clock);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StartFailedException($"checkpoint.data-directory {path} cannot be used, or another host is using it: {e.Message}", e);
            }
        }

        var directory = new DataDirectory(path, taken);
        try
        {
            File.Delete(directory.ReadyFile); // Of a run that was killed.
            File.WriteAllText(directory.PidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            directory.Dispose();
            throw new StartFailedException($"checkpoint.data-directory {path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Once <see cref="WithdrawReady"/> was called, it does nothing.</summary>
    /// <exception cref="IOException">There is no such file now: the disk may be full. It can be tried again.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void AnnounceReady(string line)
    {
        lock (_gate)
        {
            if (_isWithdrawn)
                return;
            File.WriteAllText(NewReadyFile, line + "\n");
            File.Move(NewReadyFile, ReadyFile, overwrite: true);
        }
    }

    /// <exception cref="IOException">The file stays: the file system takes no changes.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void WithdrawReady()
    {
        lock (_gate)
        {
            _isWithdrawn = true;
            File.Delete(ReadyFile);
            File.Delete(NewReadyFile);
        }
    }

    /// <summary>A file system that takes no changes any more does not keep the host from its end; the next start removes the files.</summary>
    public void Dispose()
    {
        try
        {
            WithdrawReady();
            File.Delete(PidFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ProcessEnd.Say($"checkpointd: files stay in {Path}: {e.Message}");
        }

        _lock.Dispose();
    }
}
