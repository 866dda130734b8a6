using System.Net;
using System.Net.Sockets;

namespace Checkpoint.Protocol;

/// <summary>How hosts are named in addresses: hosts, clients and journals hold their settings to the same rule.</summary>
public static class HostNames
{
    private const int NameCharsMax = 253;
    private const int LabelCharsMax = 63;

    /// <summary>A DNS name (labels of A-Z a-z 0-9 _ -, none beginning or ending with a hyphen), an IPv4 address of four numbers, or an IPv6 address.</summary>
    public static bool IsHostName(string text)
    {
        if (text.Contains(':'))
            return IPAddress.TryParse(Unbracketed(text), out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

        var labels = text.Split('.');
        if (labels.All(label => label.All(char.IsAsciiDigit)))
            return labels.Length == 4 && labels.All(label => byte.TryParse(label, out _)); // Else "4711" would be 0.0.18.103.
        return text.Length <= NameCharsMax && labels.All(IsLabel);
    }

    /// <summary>As <c>host:port</c>, <c>[::1]:port</c>; null when it is neither, or the port is not 1 to 65535.</summary>
    public static (string Host, int Port)? ParseEndpoint(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !text.AsSpan(colon + 1).ContainsOnlyDigits() || !ushort.TryParse(text.AsSpan(colon + 1), out var port) || port == 0)
            return null;

        var host = text[..colon];
        return IsHostName(host) && (host[0] == '[' || !host.Contains(':')) ? (host, port) : null;
    }

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LabelCharsMax && label[0] != '-' && label[^1] != '-'
        && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    private static string Unbracketed(string text) => text.Length > 2 && text[0] == '[' && text[^1] == ']' ? text[1..^1] : text;
}
