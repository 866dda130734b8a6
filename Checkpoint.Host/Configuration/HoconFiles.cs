using Akka.Configuration;
using Akka.Configuration.Hocon;
using Checkpoint.Protocol;

namespace Checkpoint.Host.Configuration;

/// <summary>
/// Reads a configuration file and what it includes. An include is relative to the file that has it. Akka resolves <c>include</c>
/// only through a callback, which does not know the including file, so that each file is parsed with a callback of its own.
/// </summary>
public sealed class HoconFiles(List<string> faults)
{
    private const int DepthMax = 16;

    /// <returns>The parsed text; empty, with a fault noted, when it cannot be read.</returns>
    public Config Load(string path) => new(Parse(Path.GetFullPath(path), []));

    private HoconRoot Parse(string path, string[] includedBy)
    {
        if (includedBy.Contains(path) || includedBy.Length >= DepthMax)
            return Faulty($"{path}: included in a circle or deeper than {DepthMax} files");

        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Faulty($"{path}: {e.Message}{(includedBy.Length > 0 ? $" (included by {includedBy[^1]})" : "")}");
        }

        if (HoconText.Fault(text) is { } fault)
            return Faulty($"{path}, {fault}");

        try
        {
            var directory = Path.GetDirectoryName(path)!;
            return Parser.Parse(text, name => Parse(Path.GetFullPath(name, directory), [.. includedBy, path]));
        }
        catch (Exception e) when (e is ConfigurationException or FormatException)
        {
            return Faulty($"{path}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private HoconRoot Faulty(string fault)
    {
        faults.Add(fault);
        return Parser.Parse("", null);
    }
}
