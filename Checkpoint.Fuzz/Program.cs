using System.Globalization;
using Checkpoint.Fuzz;

const string Usage = """
    Checkpoint.Fuzz instrument ASSEMBLY POINTS
    Checkpoint.Fuzz run POINTS GOLDEN-FILE CORPUS-DIRECTORY FOUND-DIRECTORY SECONDS SEED
    Checkpoint.Fuzz replay FILE...
    """;
const double LinesMin = 0.9;

switch (args)
{
    case ["instrument", var assembly, var points]:
        Point.Save(points, Instrumenter.Instrument(assembly));
        return 0;
    case ["run", var points, var golden, var corpus, var found, var seconds, var seed]:
        var coverage = new Coverage(Point.Load(points));
        var run = new FuzzRun(coverage, corpus, found, int.Parse(seed, CultureInfo.InvariantCulture), TimeProvider.System, Console.Out);
        var isGood = await run.RunAsync(Seeds.Of(golden), TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)));
        var (reached, all) = coverage.Lines();
        foreach (var missing in coverage.Missing())
            Console.WriteLine($"  not reached: {missing}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the decoder: {100.0 * reached / all:0.0} % of {all} lines reached"));
        return isGood && reached >= LinesMin * all ? 0 : 1;
    case ["replay", .. var files]:
        foreach (var file in files)
            await Target.RunAsync(await File.ReadAllBytesAsync(file));
        Console.WriteLine($"{files.Length} inputs");
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
