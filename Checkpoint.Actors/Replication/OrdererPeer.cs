using Checkpoint.Protocol;

namespace Checkpoint.Actors.Replication;

/// <summary>How far one other host is, as the orderer of one incarnation sees it.</summary>
internal sealed class OrdererPeer(HostId host, bool isFull, long acked)
{
    public HostId Host { get; } = host;

    /// <summary>Its acknowledgement counts.</summary>
    public bool IsFull { get; set; } = isFull;

    /// <summary>It has everything up to here in its log.</summary>
    public long Acked { get; set; } = acked;

    /// <summary>Sent up to here, lost or not.</summary>
    public long Sent { get; set; } = acked;

    public long MarkSent { get; set; }

    /// <summary>It has applied everything up to here.</summary>
    public long MarkAcked { get; set; }

    /// <summary>It has set its copy aside; null while it has not said either in this tenure.</summary>
    public bool? IsSetAside { get; set; }

    /// <summary>The last sequences of the messages with entries that are on their way.</summary>
    public Queue<long> Rounds { get; } = new();

    /// <summary>When it was last begun again: several messages may tell of one gap.</summary>
    public long RewoundAt { get; private set; } = long.MinValue;

    public long ResendAt { get; set; } = long.MinValue;

    public long Backoff { get; set; }

    /// <summary>Set until the newcomer counts.</summary>
    public FillSource? Fill { get; set; }

    /// <summary>What it has not acknowledged is to be sent again.</summary>
    public void Rewind(long now)
    {
        RewoundAt = now;
        Sent = Acked;
        Rounds.Clear();
    }
}
