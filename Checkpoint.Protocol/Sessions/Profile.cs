namespace Checkpoint.Protocol;

/// <summary>Which reading of the specification a client gets (ais-ckpt 3.7).</summary>
public enum Profile : byte
{
    Strict = 1,
    OpenSaf = 2,
    OpenAis = 3,
}
