using System.Globalization;
using Checkpoint.Trials;

const string Usage = "Checkpoint.Trials --kills N --names N --seed N --directory DIR --host-program FILE --config FILE";

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    var report = await new CallTrial(OptionsFrom(args), Console.Out).RunAsync(stop.Token);
    report.Print(Console.Out);
    return report.Faults.Count == 0 ? 0 : 1;
}
catch (FormatException wrong)
{
    Console.Error.WriteLine($"{wrong.Message}\n{Usage}");
    return 2;
}
catch (Exception fault) when (fault is TrialException or OperationCanceledException)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}

static TrialOptions OptionsFrom(string[] args)
{
    var given = new Dictionary<string, string>();
    for (var i = 0; i < args.Length; i += 2)
        if (!Usage.Contains($"{args[i]} ", StringComparison.Ordinal) || i + 1 == args.Length || !given.TryAdd(args[i], args[i + 1]))
            throw new FormatException($"{args[i]}?");
    var names = Number("--names") is > 0 and var count ? count : throw new FormatException("--names has to be 1 at least");
    return new TrialOptions(Number("--kills"), names, Number("--seed"), One("--directory"), [One("--host-program")], One("--config"));

    string One(string name) => given.TryGetValue(name, out var value) ? value : throw new FormatException($"{name} is needed");

    int Number(string name) => int.TryParse(One(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new FormatException($"{name} {One(name)} is no number");
}
