using Checkpoint.Actors.Configuration;

namespace Checkpoint.Host.Configuration;

/// <param name="File">An absolute path; empty: standard output only.</param>
/// <param name="FileSizeMaxBytes">64 KiB to 1 GiB.</param>
public sealed record LogOptions(string File, long FileSizeMaxBytes)
{
    public static LogOptions Read(OptionsReader reader, string dataDirectory) =>
        new(PathRules.File(reader, "log.file", reader.Text("log.file"), dataDirectory), reader.Bytes("log.file-size-max", 64 * 1024, 1024L * 1024 * 1024));
}
