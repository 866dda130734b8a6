namespace Checkpoint.Cli.Output;

/// <summary>The few escape sequences in use. Every caller says whether its output is a terminal.</summary>
public static class Style
{
    public static string Bold(string text, bool on) => on ? $"\e[1m{text}\e[0m" : text;

    public static string Good(string text, bool on) => on ? $"\e[32m{text}\e[0m" : text;

    public static string Bad(string text, bool on) => on ? $"\e[31m{text}\e[0m" : text;
}
