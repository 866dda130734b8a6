using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace Checkpoint.Tests.Actors.Sessions;

public sealed class RollCallTermsTests
{
    private static readonly CheckpointName Name = new("safCkpt=words");

    private readonly FakeTimeProvider _clock = new();

    [Fact(DisplayName = "An older term is refused until half an hour after the last call: the name's rows are purged after an hour at the earliest")]
    public void Older_terms()
    {
        var terms = new RollCallTerms(_clock);
        Assert.True(terms.Accept(Name, 7));
        Assert.False(terms.Accept(Name, 6));
        Assert.True(terms.Accept(new CheckpointName("safCkpt=others"), 1));
        _clock.Advance(TimeSpan.FromMinutes(20));
        Assert.True(terms.Accept(Name, 7));
        _clock.Advance(TimeSpan.FromMinutes(30));
        Assert.False(terms.Accept(Name, 1));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(terms.Accept(Name, 1));
        Assert.True(terms.Accept(Name, 2));
        Assert.False(terms.Accept(Name, 1));
    }
}
