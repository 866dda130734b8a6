using BenchmarkDotNet.Running;
using Checkpoint.Benchmarks;
using Checkpoint.Benchmarks.Steps;
using Checkpoint.Benchmarks.Transport;

// dotnet run -c Release --project Checkpoint.Benchmarks -- --filter '*'
// dotnet run -c Release --project Checkpoint.Benchmarks -- steps [part of a case's name]
// dotnet run -c Release --project Checkpoint.Benchmarks -- transport
switch (args)
{
    case ["steps", ..]:
        StepMeasurement.Run(args.ElementAtOrDefault(1));
        break;
    case ["transport", .. var rest]:
        await TransportDuel.RunAsync(rest);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(SectionTableBenchmarks).Assembly).Run(args);
        break;
}
