using System.Text;
using Akka.Actor.Setup;

namespace Checkpoint.Host.Logging;

/// <summary>
/// Where a host's lines go: standard output, and a file if one is named. The file is renamed to FILE.1 when it is full, so that a
/// host's log takes twice the limit at most. A disk that is full costs lines of the file, never the host.
/// </summary>
public sealed class LineLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TextWriter _output;
    private readonly string? _path;
    private readonly long _sizeMaxBytes;
    private StreamWriter? _file;

    /// <param name="path">The file, or null for none.</param>
    public LineLog(string nodeName, TextWriter output, string? path, long sizeMaxBytes)
    {
        NodeName = nodeName;
        _output = output;
        _path = path;
        _sizeMaxBytes = sizeMaxBytes;
        if (path is not null)
            _file = Append(path);
    }

    public string NodeName { get; }

    public void Write(string line)
    {
        lock (_gate)
        {
            _output.WriteLine(line);
            try
            {
                WriteToFile(line);
            }
            catch (IOException e)
            {
                _output.WriteLine($"the log file is not written any more: {e.Message.ReplaceLineEndings(" ")}");
                _file = null;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void WriteToFile(string line)
    {
        if (_file is null)
            return;

        if (_file.BaseStream.Length >= _sizeMaxBytes)
        {
            _file.Dispose();
            File.Move(_path!, _path + ".1", overwrite: true);
            _file = Append(_path!);
        }

        _file.WriteLine(line);
    }

    private static StreamWriter Append(string path) =>
        new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete), new UTF8Encoding(false)) { AutoFlush = true };
}

/// <summary>Hands a host's log to the logger that Akka makes by its class name.</summary>
public sealed class LineLogSetup(LineLog log) : Setup
{
    public LineLog Log { get; } = log;
}
