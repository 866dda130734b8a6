using BenchmarkDotNet.Running;
using Checkpoint.Benchmarks;

// dotnet run -c Release --project Checkpoint.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(SectionTableBenchmarks).Assembly).Run(args);
