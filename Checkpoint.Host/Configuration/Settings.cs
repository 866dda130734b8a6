using Akka.Configuration;
using Checkpoint.Protocol;

namespace Checkpoint.Host.Configuration;

/// <summary>The command line's <c>--set key=value</c>: each overrides the file.</summary>
public static class Settings
{
    /// <summary>A value that begins with <c>[</c>, <c>{</c> or a quote is HOCON; any other is taken as it stands.</summary>
    public static Config Parse(IEnumerable<string> settings, List<string> faults)
    {
        var config = Config.Empty;
        foreach (var setting in settings)
        {
            var split = setting.IndexOf('=');
            if (split <= 0 || setting[..split].Any(c => char.IsWhiteSpace(c) || c is '{' or '}' or '#' or '$' or '[' or ']') || setting[..split].Split('.').Contains(""))
            {
                faults.Add($"--set {setting}: expected key=value");
                continue;
            }

            var (key, value) = (setting[..split], setting[(split + 1)..]);
            var hocon = value.Length > 0 && value[0] is '[' or '{' or '"'
                ? value
                : $"\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
            if (HoconText.Fault($"{key} = {hocon}") is { } fault)
                faults.Add($"--set {setting}: {fault}");
            else
                config = Parse(setting, $"{key} = {hocon}", faults).WithFallback(config);
        }

        return config;
    }

    private static Config Parse(string setting, string hocon, List<string> faults)
    {
        try
        {
            return ConfigurationFactory.ParseString(hocon);
        }
        catch (Exception e) when (e is ConfigurationException or FormatException)
        {
            faults.Add($"--set {setting}: {e.Message.ReplaceLineEndings(" ")}");
            return Config.Empty;
        }
    }
}
