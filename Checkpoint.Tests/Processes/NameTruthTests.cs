using Checkpoint.Protocol;
using Checkpoint.Trials;

namespace Checkpoint.Tests.Processes;

/// <summary>The checker of the trial finds what it is there for.</summary>
public sealed class NameTruthTests
{
    private static readonly IncarnationId One = new(Guid.NewGuid()), Two = new(Guid.NewGuid());

    private readonly NameTruth _truth = new();

    [Fact(DisplayName = "Answers in an order that explains them are right")]
    public void Right()
    {
        Assert.Null(Take(Call(CallKind.Unlink, AisStatus.NotExist), Call(CallKind.Create, AisStatus.Ok, One)));
        Assert.Null(Take(Call(CallKind.CreateOther, AisStatus.Exist), Call(CallKind.Open, AisStatus.Ok, One)));
        Assert.Null(Take(Call(CallKind.Unlink, AisStatus.NotExist), Call(CallKind.Unlink, AisStatus.Ok)));
        Assert.Null(Take(Call(CallKind.Create, AisStatus.Ok, Two), Call(CallKind.Create, AisStatus.Ok, Two)));
        Assert.True(_truth.IsFoundBy(Call(CallKind.Open, AisStatus.Ok, Two)));
        Assert.False(_truth.IsFoundBy(Call(CallKind.Open, AisStatus.Ok, One)));
        Assert.False(_truth.IsFoundBy(Call(CallKind.Open, AisStatus.NotExist)));
    }

    [Fact(DisplayName = "An unlink that says NOT_EXIST for its own success, or is answered OK twice, is found")]
    public void Unlinks()
    {
        Take(Call(CallKind.Create, AisStatus.Ok, One));
        Assert.NotNull(Take(Call(CallKind.Unlink, AisStatus.NotExist)));
        var other = new NameTruth();
        other.Take([Call(CallKind.Create, AisStatus.Ok, One)]);
        Assert.NotNull(other.Take([Call(CallKind.Unlink, AisStatus.Ok), Call(CallKind.Unlink, AisStatus.Ok)]));
    }

    [Theory(DisplayName = "An open that finds another incarnation, nothing, or what is not there, is found")]
    [InlineData(AisStatus.Ok)]
    [InlineData(AisStatus.NotExist)]
    [InlineData(AisStatus.Exist)]
    public void Opens(AisStatus status)
    {
        Take(Call(CallKind.Create, AisStatus.Ok, One));
        Assert.NotNull(Take(Call(CallKind.Open, status, Two)));
        Assert.False(_truth.IsKnown);
    }

    [Fact(DisplayName = "A creation that brings back an incarnation that was unlinked is found")]
    public void Old()
    {
        Take(Call(CallKind.Create, AisStatus.Ok, One));
        Take(Call(CallKind.Unlink, AisStatus.Ok));
        Assert.NotNull(Take(Call(CallKind.Create, AisStatus.Ok, One)));
    }

    [Theory(DisplayName = "TIMEOUT and TRY_AGAIN are no answers, and nothing is judged after them")]
    [InlineData(AisStatus.Timeout)]
    [InlineData(AisStatus.TryAgain)]
    public void No_answer(AisStatus status)
    {
        var call = Call(CallKind.Unlink, status);
        Assert.False(call.IsAnswered);
        Assert.Null(Take(call));
        Assert.False(_truth.IsKnown);
    }

    private static CallRecord Call(CallKind kind, AisStatus status, IncarnationId? incarnation = null) =>
        new("n", "node1", kind, TimeSpan.Zero, TimeSpan.Zero, status, null, incarnation);

    private string? Take(params CallRecord[] together) => _truth.Take(together);
}
