using BenchmarkDotNet.Running;
using Checkpoint.Benchmarks;
using Checkpoint.Benchmarks.Steps;

// dotnet run -c Release --project Checkpoint.Benchmarks -- --filter '*'
// dotnet run -c Release --project Checkpoint.Benchmarks -- steps [part of a case's name]
if (args is ["steps", ..])
    StepMeasurement.Run(args.ElementAtOrDefault(1));
else
    BenchmarkSwitcher.FromAssembly(typeof(SectionTableBenchmarks).Assembly).Run(args);
