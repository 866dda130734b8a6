using Checkpoint.Actors.Configuration;

namespace Checkpoint.Host.Configuration;

/// <param name="File">Relative to the data directory; empty: standard output only.</param>
/// <param name="FileSizeMaxBytes">64 KiB to 1 GiB.</param>
public sealed record LogOptions(string File, long FileSizeMaxBytes)
{
    public static LogOptions Read(OptionsReader reader) =>
        new(reader.Text("log.file"), reader.Bytes("log.file-size-max", 64 * 1024, 1024L * 1024 * 1024));
}
