using Checkpoint.Cli;
using Checkpoint.Cli.Bench;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Cli.Bench;

public sealed class NativeBenchOutputTests
{
    private static readonly Terminal Silent = new(Stream.Null, TextWriter.Null, Stream.Null, false, false, _ => null, TimeProvider.System);

    private readonly NativeBenchOutput _output = new(BenchPlan.Quick, new BenchProgress(Silent, 1));

    [Fact(DisplayName = "A measurement is read with its load, its latencies and its retries")]
    public void Measurement()
    {
        _output.Take("begin write 2 16384 64");
        _output.Take("end 2000000000 3 90100 1000:2 2000:1 90000:1");

        var one = Assert.Single(_output.Measurements);
        Assert.Equal(("write", "active-replica", 16384, 64), (one.Operation, one.Kind, one.SizeBytes, one.Outstanding));
        Assert.Equal((4L, 3L, TimeSpan.FromSeconds(2)), (one.Operations, one.Retries, one.Elapsed));
        Assert.Equal(90_100, one.Latencies.Max);
        Assert.InRange(one.Latencies.Percentile(50), 992, 1008);
        Assert.Null(_output.Fault);
    }

    [Fact(DisplayName = "A whole run gives the flatness of its rounds")]
    public void Flatness()
    {
        for (var i = 0; i < BenchPlan.Quick.Measurements; i++)
        {
            _output.Take("begin read 1 64 1");
            _output.Take("end 1000000000 0 1000 1000:1");
        }

        for (var i = 0; i < BenchPlan.FlatnessRounds; i++)
        {
            _output.Take("few 1000 1000:9");
            _output.Take("many 2000 2000:9");
        }

        Assert.InRange(_output.Flatness.Ratio, 1.98, 2.02);
        Assert.Equal(BenchPlan.FlatnessRounds, _output.Flatness.Rounds.Count);
    }

    [Theory(DisplayName = "What ends a run, and what is no result, is its fault")]
    [InlineData("error 6 saCkptCheckpointOpen", AisStatus.TryAgain, "saCkptCheckpointOpen")]
    [InlineData("error 0 out of memory", null, "out of memory")]
    [InlineData("end 1 2 3 4:5", null, "the bench program printed what is no result: end 1 2 3 4:5")]
    [InlineData("begin write x 1 1", null, "the bench program printed what is no result: begin write x 1 1")]
    [InlineData("few 1 2", null, "the bench program printed what is no result: few 1 2")]
    [InlineData("", null, "the bench program printed what is no result: ")]
    public void Faults(string line, AisStatus? status, string message)
    {
        _output.Take(line);
        _output.Take("more rubbish");

        Assert.Equal((status, message), (_output.Fault!.Status, _output.Fault.Message));
        Assert.Throws<CliFailure>(() => _output.Flatness);
    }

    [Fact(DisplayName = "A run that ended early has no flatness")]
    public void Early()
    {
        _output.Take("few 1000 1000:9");
        _output.Take("many 2000 2000:9");
        Assert.Throws<CliFailure>(() => _output.Flatness);
    }
}
