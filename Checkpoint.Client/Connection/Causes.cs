namespace Checkpoint.Client.Connection;

/// <summary>What an exception of Akka's is about, in one line: the innermost one knows.</summary>
internal static class Causes
{
    public static string Of(Exception e) => e.InnerException is { } inner ? Of(inner) : e.Message.ReplaceLineEndings(" ");
}
