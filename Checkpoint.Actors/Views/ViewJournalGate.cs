using Checkpoint.Actors.Replication;
using Checkpoint.Protocol;

namespace Checkpoint.Actors.Views;

/// <summary>
/// The machine's side of the views' journal: one read or append at a time, tried again after a while. When nobody needs it for long it is read all
/// the same, so that an operator hears of a journal that is away before a change of view needs it.
/// </summary>
internal sealed class ViewJournalGate(MachineContext context)
{
    private bool _isReadWanted = true;
    private bool _isBusy;
    private long _busySince = long.MinValue;
    private long _notBefore = long.MinValue;

    /// <summary>The journal was read at least once.</summary>
    public bool WasRead { get; private set; }

    /// <summary>The last attempt failed, or had no answer.</summary>
    public bool IsAway { get; private set; }

    public bool IsBusy => _isBusy || (_notBefore != long.MinValue && context.Now < _notBefore);

    public void WantRead() => _isReadWanted = true;


    public void Append(View row)
    {
        (_isBusy, _busySince) = (true, context.Now);
        context.Log(MachineOutput.LogLevel.Info, $"proposing {row}");
        context.Out(new MachineOutput.AppendView(row));
    }

    public void OnAnswer(bool wasRead)
    {
        (_isBusy, IsAway) = (false, false);
        WasRead |= wasRead;
        if (!wasRead)
            _isReadWanted = true;
    }

    public void OnAway()
    {
        (_isBusy, IsAway) = (false, true);
        _isReadWanted = true;
        _notBefore = context.Now + context.Options.JournalRetry;
    }

    public void Tick()
    {
        if (_isBusy && context.Now >= _busySince + context.Options.JournalPatience)
        {
            // No answer at all: nothing is known of the outcome, so look.
            (_isBusy, _isReadWanted, IsAway) = (false, true, true);
        }

        _isReadWanted |= _busySince != long.MinValue && context.Now >= _busySince + context.Options.JournalLook;

        if (!_isReadWanted || IsBusy)
            return;
        (_isBusy, _isReadWanted, _busySince) = (true, false, context.Now);
        context.Out(MachineOutput.ReadViews.Instance);
    }
}
