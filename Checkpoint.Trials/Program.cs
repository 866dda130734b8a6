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
    for (var i = 0; i + 1 < args.Length; i += 2)
        given[args[i]] = args[i + 1];
    return new TrialOptions(Number("--kills"), Number("--names"), Number("--seed"), One("--directory"), [One("--host-program")], One("--config"));

    string One(string name) => given.TryGetValue(name, out var value) ? value : throw new FormatException($"{name} is needed");

    int Number(string name) => int.TryParse(One(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new FormatException($"{name} {One(name)} is no number");
}
