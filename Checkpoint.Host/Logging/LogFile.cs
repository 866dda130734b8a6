namespace Checkpoint.Host.Logging;

/// <summary>
/// The log file. It is renamed to FILE.1 when it is full, so that a host's log takes twice the limit at most. After a failure the next line
/// tries again with a newly opened file; a line that was written in part is taken back.
/// </summary>
public sealed class LogFile(string path, long sizeMaxBytes) : ILineTarget
{
    private FileStream? _file;
    private volatile bool _isReopenWanted;

    /// <summary>The file may have been moved away by others: the next line goes to a new one of its name.</summary>
    public void Reopen() => _isReopenWanted = true;

    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Open() => _file ??= new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    public void Write(ReadOnlySpan<byte> lines)
    {
        if (_isReopenWanted)
        {
            _isReopenWanted = false;
            Dispose();
        }

        Open();
        if (_file!.CanSeek && _file.Length >= sizeMaxBytes)
        {
            Dispose();
            File.Move(path, path + ".1", overwrite: true);
            Open();
        }

        WriteWhole(_file!, lines);
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private void WriteWhole(FileStream file, ReadOnlySpan<byte> lines)
    {
        var before = file.CanSeek ? file.Length : 0;
        try
        {
            file.Write(lines);
        }
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException)
        {
            if (file.CanSeek && file.Length > before)
                file.SetLength(before);
            Dispose();
            if (e is IOException)
                throw;
            throw new IOException("File too large", e); // What the runtime makes of EFBIG.
        }
    }
}
