using System.Globalization;
using System.Text;
using Checkpoint.Client;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Processes;

/// <summary>What was called with which parameter at a boundary, what came of it, and what should not have.</summary>
public sealed class CallTable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(25);

    private const int AttemptsMax = 40;

    private readonly SortedDictionary<(string Function, string Parameter), SortedDictionary<string, int>> _seen = [];

    public int Calls { get; private set; }

    /// <summary>Each with function, parameter and value.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>
    /// Makes one call. Besides the codes given, TRY_AGAIN and TIMEOUT are allowed, and an argument that the type system lets through may
    /// be refused with an <see cref="ArgumentException"/>; every other exception is a violation.
    /// </summary>
    /// <returns>Whether it succeeded.</returns>
    public async Task<bool> TryAsync(string function, string parameter, object value, AisStatus[] allowed, Func<Task> call)
    {
        var outcome = await OutcomeAsync(call);
        for (var attempts = 1; outcome == nameof(AisStatus.TryAgain) && attempts < AttemptsMax; attempts++)
        {
            await Task.Delay(RetryPause, TimeProvider.System);
            outcome = await OutcomeAsync(call);
        }

        Calls++;
        if (!_seen.TryGetValue((function, parameter), out var codes))
            _seen[(function, parameter)] = codes = [];
        codes[outcome] = codes.GetValueOrDefault(outcome) + 1;
        if (outcome is not (nameof(ArgumentException) or nameof(AisStatus.TryAgain) or nameof(AisStatus.Timeout)) && !allowed.Any(status => status.ToString() == outcome))
            Violations.Add(string.Create(CultureInfo.InvariantCulture, $"call {Calls}, {function} {parameter} = {value}: {outcome}"));
        return outcome == nameof(AisStatus.Ok);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var ((function, parameter), codes) in _seen)
            text.AppendLine(CultureInfo.InvariantCulture, $"{function,-22} {parameter,-20} {codes.Values.Sum(),6}  {string.Join(' ', codes.Select(code => $"{code.Key}:{code.Value}"))}");
        return text.AppendLine(CultureInfo.InvariantCulture, $"{Calls} calls, {_seen.Count} functions and parameters, {Violations.Count} violations").ToString();
    }

    private static async Task<string> OutcomeAsync(Func<Task> call)
    {
        try
        {
            await call();
            return nameof(AisStatus.Ok);
        }
        catch (CheckpointException e)
        {
            return e.Status.ToString();
        }
        catch (ArgumentException)
        {
            return nameof(ArgumentException);
        }
        catch (Exception e) when (e is InvalidOperationException or OverflowException or NullReferenceException or IndexOutOfRangeException or OutOfMemoryException)
        {
            return e.GetType().Name; // A violation, with the call that it came from.
        }
    }
}
