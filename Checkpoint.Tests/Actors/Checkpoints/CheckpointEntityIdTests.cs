using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;
using CsCheck;
using Xunit;

namespace Checkpoint.Tests.Actors.Checkpoints;

public sealed class CheckpointEntityIdTests
{
    [Fact(DisplayName = "Any name gives an id that is safe in a path, fits the journal's column and tells names apart")]
    public void Safe()
    {
        var names = Gen.Byte.Array[1, 300].Select(bytes => new CheckpointName(bytes));
        Gen.Select(names, names).Sample((one, other) =>
        {
            var id = CheckpointEntityId.Of(one);
            Assert.Matches("^[nh][0-9a-f]+$", id);
            Assert.InRange(CheckpointEntityId.PersistenceIdOf(id).Length, 1, 255);
            Assert.Equal(one.Equals(other), id == CheckpointEntityId.Of(other));
        });
        Assert.Equal(65, CheckpointEntityId.Of(new CheckpointName(new byte[CheckpointName.LengthMaxBytes])).Length);
    }

    [Fact(DisplayName = "Ids and shards are the same on every host and for ever")]
    public void Golden()
    {
        var id = CheckpointEntityId.Of(new CheckpointName("safCkpt=words"));
        Assert.Equal("n736166436b70743d776f726473", id);
        Assert.Equal(GoldenShard, CheckpointEntityId.ShardOf(id));
    }

    [Fact(DisplayName = "Names spread over the shards")]
    public void Spread() => Assert.InRange(
        Enumerable.Range(0, 2000).Select(i => CheckpointEntityId.ShardOf(CheckpointEntityId.Of(new CheckpointName($"c{i}")))).Distinct().Count(),
        200,
        256);

    private const string GoldenShard = "147";
}
