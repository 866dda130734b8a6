using System.Threading.Channels;
using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>
/// Between the connection and one reader of changes. It holds a bounded number of updates; what does not fit is one gap, which stands
/// where the updates are missing.
/// </summary>
internal sealed class ChangeReader(int updatesMax)
{
    private readonly Channel<SessionProtocol.IMessage> _channel = Channel.CreateBounded<SessionProtocol.IMessage>(
        new BoundedChannelOptions(updatesMax) { SingleReader = true, SingleWriter = true });

    private long? _gapPosition;

    public ChannelReader<SessionProtocol.IMessage> Reader => _channel.Reader;

    /// <summary>Never waits. Called by the connection actor only.</summary>
    public void Offer(SessionProtocol.IMessage change)
    {
        if (_gapPosition is { } gap && !_channel.Writer.TryWrite(new SessionProtocol.Gap(0, gap)))
        {
            _gapPosition = Math.Max(gap, PositionOf(change));
            return;
        }

        _gapPosition = null;
        if (!_channel.Writer.TryWrite(change))
            _gapPosition = PositionOf(change);
    }

    /// <summary>The reader has made room: what it missed is told now, not only with the next change.</summary>
    public void FlushGap()
    {
        if (_gapPosition is { } gap && _channel.Writer.TryWrite(new SessionProtocol.Gap(0, gap)))
            _gapPosition = null;
    }

    public void End(CheckpointException? why) => _channel.Writer.TryComplete(why);

    private static long PositionOf(SessionProtocol.IMessage change) => change switch
    {
        SessionProtocol.Changed changed => changed.Position,
        SessionProtocol.Gap gap => gap.Position,
        _ => 0,
    };
}
