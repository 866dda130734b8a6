using Checkpoint.Actors.Views;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Actors.Views;

public sealed class DowningRulesTests
{
    private static readonly HostId A = new("h:1", 1);
    private static readonly HostId B = new("h:2", 2);
    private static readonly HostId C = new("h:3", 3);
    private static readonly HostId CAgain = new("h:3", 4);
    private readonly DowningRules _rules = new(strangerAfter: 10);

    [Fact(DisplayName = "Before a view serves nobody is downed, however unreachable")]
    public void No_view_no_downing()
    {
        _rules.Due([Up(A), Gone(B)], 0);
        Assert.Empty(_rules.Due([Up(A), Gone(B)], 1_000));
    }

    [Fact(DisplayName = "Unreachable members of the serving view stay: the failure detector decides nothing")]
    public void Members_of_the_view_stay()
    {
        _rules.Serving([A, B, C]);
        _rules.Due([Up(A), Gone(B), Gone(C)], 0);
        Assert.Empty(_rules.Due([Up(A), Gone(B), Gone(C)], 1_000));
    }

    [Fact(DisplayName = "What the serving view left out is downed at once, reachable or not; its successor at the same address is not")]
    public void Left_out_is_downed()
    {
        _rules.Serving([A, B, C]);
        _rules.Serving([A, B]);
        Assert.Equal([C], _rules.Due([Up(A), Up(B), Up(C), Up(CAgain)], 0));
        Assert.Equal([C], _rules.Due([Up(A), Up(B), Gone(C), Up(CAgain)], 0));
    }

    [Fact(DisplayName = "A newcomer that no view has yet is a stranger: it stays while reachable, and goes after long silence")]
    public void Strangers()
    {
        _rules.Serving([A, B]);
        Assert.Empty(_rules.Due([Up(A), Up(B), Up(C)], 0));
        Assert.Empty(_rules.Due([Up(A), Up(B), Gone(C)], 100));
        Assert.Empty(_rules.Due([Up(A), Up(B), Up(C)], 105));
        Assert.Empty(_rules.Due([Up(A), Up(B), Gone(C)], 106));
        Assert.Empty(_rules.Due([Up(A), Up(B), Gone(C)], 115));
        Assert.Equal([C], _rules.Due([Up(A), Up(B), Gone(C)], 116));
    }

    [Fact(DisplayName = "A host that was in a view which never served here is left out all the same")]
    public void Adopted_counts()
    {
        _rules.Adopted(new View(2, [A, B, C], [1, 1, 2], [A, B], [], A));
        _rules.Adopted(new View(3, [A, B], [1, 1], [A, B, C], [], A));
        _rules.Serving([A, B]);
        Assert.Equal([C], _rules.Due([Up(A), Up(B), Up(C)], 0));
    }

    [Fact(DisplayName = "A newcomer whose view is adopted but does not serve yet is not downed")]
    public void Coming()
    {
        _rules.Adopted(new View(1, [A, B], [1, 1], [], [], A));
        _rules.Serving([A, B]);
        _rules.Adopted(new View(2, [A, B, C], [1, 1, 2], [A, B], [], A));
        Assert.Empty(_rules.Due([Up(A), Up(B), Up(C)], 0));
    }

    [Fact(DisplayName = "A host that leaves gracefully is not downed, unless it dies on its way out")]
    public void Leaving()
    {
        _rules.Serving([A, B, C]);
        _rules.Serving([A, B]);
        Assert.Empty(_rules.Due([Up(A), Up(B), new MemberSeen(C, true, true)], 0));
        Assert.Equal([C], _rules.Due([Up(A), Up(B), new MemberSeen(C, false, true)], 0));
    }

    private static MemberSeen Up(HostId host) => new(host, true, false);

    private static MemberSeen Gone(HostId host) => new(host, false, false);
}
