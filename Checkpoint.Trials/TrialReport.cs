using System.Globalization;

namespace Checkpoint.Trials;

/// <summary>What all kills together showed.</summary>
public sealed class TrialReport
{
    private const int SlowestShown = 10;
    private const int FaultsShown = 40;

    private readonly List<CallRecord> _calls = [];
    private readonly List<string> _faults = [];
    private int _checks;

    public IReadOnlyList<CallRecord> Calls => _calls;

    /// <summary>Calls without an answer, and answers that were not the truth.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public void Add(IReadOnlyList<CallRecord> calls, string? wrong)
    {
        lock (_calls)
        {
            _calls.AddRange(calls);
            _faults.AddRange(calls.Where(call => !call.IsAnswered).Select(call => $"no answer: {call}"));
            if (wrong is not null)
                _faults.Add($"wrong: {wrong}");
        }
    }

    /// <summary>What the name is afterwards.</summary>
    public void AddCheck(string? wrong)
    {
        lock (_calls)
        {
            _checks++;
            if (wrong is not null)
                _faults.Add($"afterwards: {wrong}");
        }
    }

    public void Print(TextWriter to)
    {
        to.WriteLine();
        foreach (var kind in _calls.GroupBy(call => call.Kind).OrderBy(kind => kind.Key))
        {
            var statuses = kind.GroupBy(call => call.Status).OrderBy(status => status.Key).Select(status => $"{status.Key} {status.Count()}");
            var took = kind.Select(call => call.Took.TotalSeconds).Order().ToList();
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{kind.Key,-11} {took.Count,6} calls: {string.Join(", ", statuses)}; median {At(took, 0.5):0.000} s, p99 {At(took, 0.99):0.000} s, worst {took[^1]:0.000} s"));
        }

        to.WriteLine("slowest:");
        foreach (var call in _calls.OrderByDescending(call => call.Took).Take(SlowestShown))
            to.WriteLine($"  {call}");
        foreach (var fault in _faults.Take(FaultsShown))
            to.WriteLine($"FAULT {fault}");
        to.WriteLine($"{_calls.Count} calls, {_checks} looks afterwards, {_faults.Count} faults");
    }

    private static double At(List<double> sorted, double part) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * part))];
}
