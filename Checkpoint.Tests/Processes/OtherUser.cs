using System.Globalization;

namespace Checkpoint.Tests.Processes;

/// <summary>A user to whom the sockets of the tests' user are closed: root becomes nobody; anybody else takes the right away from himself.</summary>
public static class OtherUser
{
    private const int Nobody = 65534;

    public static bool IsRoot => Environment.IsPrivilegedProcess;

    /// <value>0: stay who you are.</value>
    public static string Id => IsRoot ? Nobody.ToString(CultureInfo.InvariantCulture) : "0";
}
