using Checkpoint.Protocol;

namespace Checkpoint.Actors.Diagnostics;

/// <summary>The work on the content of <paramref name="Name"/> throws in <paramref name="Step"/>.</summary>
public sealed record ContentThrow(ContentStep Step, CheckpointName Name)
{
    /// <summary>Of "STEP NAME": the step in small letters with hyphens, the name with any blanks. Null when it is not that.</summary>
    public static ContentThrow? Parse(string text)
    {
        var blank = text.IndexOf(' ');
        return blank > 0 && blank + 1 < text.Length
            && Enum.TryParse<ContentStep>(text[..blank].Replace("-", ""), ignoreCase: true, out var step) && Enum.IsDefined(step)
            ? new ContentThrow(step, new CheckpointName(text[(blank + 1)..]))
            : null;
    }
}

/// <summary>Nothing is wrong but that a test asked for it.</summary>
public sealed class InjectedFaultException(string message) : Exception(message);
