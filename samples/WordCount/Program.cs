using System.Globalization;
using Checkpoint.Client;
using WordCount;
using WordCount.Demonstration;

const string Usage = """
    WordCount worker --name NAME --contact HOST:PORT... --file FILE --piece line|64k [--hold-at PIECE...]
    WordCount demonstration --file FILE --piece line|64k --kills N --seed N --directory DIR --host-program FILE --hocon DIR
                           [--native-worker FILE] [--keep hosts]
    WordCount print     slots on standard input, lines "count word" on standard output
    """;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    switch (args.FirstOrDefault())
    {
        case "worker":
            await new Worker(WorkerFrom(new Arguments(args[1..], "--name", "--contact", "--file", "--piece", "--hold-at")), TimeProvider.System, Console.Out)
                .RunAsync(stop.Token);
            return 0;
        case "demonstration":
            await new FailoverRun(
                DemonstrationFrom(new Arguments(
                    args[1..], "--file", "--piece", "--kills", "--seed", "--directory", "--host-program", "--hocon", "--native-worker", "--keep")),
                TimeProvider.System,
                Console.Out).RunAsync(stop.Token);
            return 0;
        case "print":
            CountPrinter.Print(Console.OpenStandardInput(), Console.OpenStandardOutput());
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (FormatException wrong)
{
    Console.Error.WriteLine($"WordCount: {wrong.Message}");
    return 2;
}
catch (Exception fault) when (fault is CheckpointException or InvalidOperationException or IOException or OperationCanceledException)
{
    Console.Error.WriteLine($"WordCount: {fault.Message}");
    return 1;
}

static WorkerOptions WorkerFrom(Arguments given) => new(
    given.One("--name"),
    given.All("--contact"),
    given.One("--file"),
    given.Piece("--piece"),
    given.All("--hold-at").Select(point => long.Parse(point, CultureInfo.InvariantCulture)).ToHashSet());

static DemonstrationOptions DemonstrationFrom(Arguments given) => new(
    given.One("--file"),
    given.One("--piece"),
    given.Piece("--piece"),
    given.Number("--kills"),
    given.Number("--seed"),
    given.One("--directory"),
    given.One("--host-program"),
    given.One("--hocon"),
    given.All("--native-worker").FirstOrDefault(),
    given.All("--keep") switch
    {
        [] => false,
        ["hosts"] => true,
        var other => throw new FormatException($"--keep {string.Join(' ', other)}: it is hosts"),
    });
