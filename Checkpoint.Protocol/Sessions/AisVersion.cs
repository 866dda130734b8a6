namespace Checkpoint.Protocol;

/// <summary>SaVersionT as a client requested it.</summary>
public readonly record struct AisVersion(byte Release, byte Major, byte Minor)
{
    public static readonly AisVersion B11 = new((byte)'B', 1, 1);
    public static readonly AisVersion B22 = new((byte)'B', 2, 2);

    public override string ToString() => $"{(char)Release}.{Major}.{Minor}";
}
