using System.Text;
using Checkpoint.Actors.Configuration;

namespace Checkpoint.Host.Configuration;

/// <summary>Paths of the configuration that cannot be there, whatever is created on the way to them.</summary>
internal static class PathRules
{
    /// <summary>Bytes, by the kernel (NAME_MAX, PATH_MAX without its final zero).</summary>
    private const int NameBytesMax = 255;

    private const int PathBytesMax = 4095;

    /// <summary>The whole path; what is wrong with it is noted.</summary>
    /// <param name="directory">What a relative one begins at.</param>
    public static string Full(OptionsReader reader, string key, string text, string directory)
    {
        if (text.Length == 0)
            return "";
        if (text.Contains('\0'))
        {
            reader.Fault(key, "holds a character 0, which no path can");
            return "";
        }

        var path = Path.GetFullPath(text, directory);
        if (Fault(path) is { } fault)
            reader.Fault(key, $"= {text}, {fault}");
        return path;
    }

    /// <summary>As <see cref="Full"/>, for a file: no directory may be there.</summary>
    public static string File(OptionsReader reader, string key, string text, string directory)
    {
        var path = Full(reader, key, text, directory);
        if (path.Length > 0 && (Directory.Exists(path) || text.EndsWith('/')))
            reader.Fault(key, $"= {text}, is a directory, must be a file");
        return path;
    }

    /// <summary>As <see cref="Full"/>, for a directory: no file may be there.</summary>
    public static string Folder(OptionsReader reader, string key, string text, string directory)
    {
        var path = Full(reader, key, text, directory);
        if (System.IO.File.Exists(path))
            reader.Fault(key, $"= {text}, is a file, must be a directory");
        return path;
    }

    private static string? Fault(string path)
    {
        if (Encoding.UTF8.GetByteCount(path) > PathBytesMax)
            return $"must be at most {PathBytesMax} bytes as a whole path";
        if (path.Split('/').FirstOrDefault(name => Encoding.UTF8.GetByteCount(name) > NameBytesMax) is { } longName)
            return $"a name in it has {Encoding.UTF8.GetByteCount(longName)} bytes, must be at most {NameBytesMax}";

        for (var above = Path.GetDirectoryName(path); above is not null && !Directory.Exists(above); above = Path.GetDirectoryName(above))
        {
            if (System.IO.File.Exists(above))
                return $"cannot be: {above} is not a directory";
        }

        return null;
    }
}
