using System.Text.Json;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli;

/// <summary>A failure as its user sees it: what happened and what to do next, on standard error.</summary>
public static class FailureReport
{
    public static void Write(Terminal terminal, CliFailure failure, bool json)
    {
        if (json)
        {
            terminal.Error.WriteLine(JsonOutput.ToText(writer => WriteJson(writer, failure)));
            return;
        }

        var code = failure.Status is { } status ? StatusText.NameOf(status) + ": " : "";
        terminal.Error.WriteLine($"checkpoint: {code}{failure.Message}");
        if (failure.Next is not null)
            terminal.Error.WriteLine($"  next: {failure.Next}");
    }

    private static void WriteJson(Utf8JsonWriter json, CliFailure failure)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("exitCode", failure.ExitCode);
        if (failure.Status is { } status)
        {
            json.WriteString("status", StatusText.NameOf(status));
            json.WriteNumber("code", (int)status);
        }

        json.WriteString("message", failure.Message);
        if (failure.Next is not null)
            json.WriteString("next", failure.Next);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
