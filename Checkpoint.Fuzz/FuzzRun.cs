using System.Security.Cryptography;

namespace Checkpoint.Fuzz;

/// <summary>One run: mutates what it has, keeps what reaches something new, and ends with the time or with a finding.</summary>
/// <param name="corpus">Directory of the inputs kept, from this and earlier runs.</param>
/// <param name="found">Directory of the inputs that broke something.</param>
public sealed class FuzzRun(Coverage coverage, string corpus, string found, int seed, TimeProvider clock, TextWriter output)
{
    private static readonly TimeSpan SlowMax = TimeSpan.FromSeconds(10);

    private readonly Random _random = new(seed);
    private readonly List<byte[]> _kept = [];
    private long _runs;

    /// <returns>False when something was found.</returns>
    public async Task<bool> RunAsync(IEnumerable<byte[]> seeds, TimeSpan length)
    {
        var kept = Directory.EnumerateFiles(corpus).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
        foreach (var input in seeds.Concat(kept))
        {
            _kept.Add(input);
            if (!await TryAsync(input))
                return false;
            coverage.Add();
        }

        output.WriteLine($"{_kept.Count} inputs to begin with, seed {seed}");
        var mutator = new Mutator(_random);
        var began = clock.GetTimestamp();
        while (clock.GetElapsedTime(began) < length)
        {
            var input = mutator.Mutate(Any(), Any());
            if (!await TryAsync(input))
                return false;
            if (coverage.Add())
                Keep(input);
        }

        output.WriteLine($"{_runs} inputs run in {clock.GetElapsedTime(began).TotalSeconds:0} s, {_kept.Count} kept");
        return true;
    }

    /// <summary>Every second time one of the latest: what is new leads further.</summary>
    private byte[] Any()
    {
        const int Latest = 64;
        return _random.Next(2) == 0 ? _kept[^_random.Next(1, Math.Min(Latest, _kept.Count) + 1)] : _kept[_random.Next(_kept.Count)];
    }

    private async Task<bool> TryAsync(byte[] input)
    {
        Probe.Clear();
        var began = clock.GetTimestamp();
        try
        {
            await Target.RunAsync(input);
        }
        catch (Exception fault) // Whatever it is: only a refusal is allowed, and that does not come here.
        {
            Report(input, fault.ToString());
            return false;
        }

        _runs++;
        if (clock.GetElapsedTime(began) is var elapsed && elapsed > SlowMax)
        {
            Report(input, $"took {elapsed}");
            return false;
        }

        return true;
    }

    private void Keep(byte[] input)
    {
        _kept.Add(input);
        File.WriteAllBytes(PathOf(corpus, input), input);
    }

    private void Report(byte[] input, string what)
    {
        var path = PathOf(found, input);
        File.WriteAllBytes(path, input);
        output.WriteLine($"found: {path}\n{what}");
    }

    private static string PathOf(string directory, byte[] input) => Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(input))[..16]);
}
