using Checkpoint.Protocol;

namespace Checkpoint.Tests.Processes;

/// <summary>Where numbers have their limits: 0, 1, 2^k, 2^k - 1, 2^k + 1 and the maximum of each type.</summary>
/// <param name="brief">Only the exponents where machines and formats have theirs.</param>
public sealed class Boundaries(bool brief)
{
    /// <summary>The largest data that a test really holds: the largest update has 127 MiB.</summary>
    private const long DataMax = 128 << 20;

    public IReadOnlyList<object> UInts => [.. Of(32).Select(value => (object)(uint)value)];

    public IReadOnlyList<object> ULongs => [.. Of(64).Select(value => (object)value)];

    /// <summary>The negative ones too.</summary>
    public IReadOnlyList<object> Longs => [.. Signed().Select(value => (object)value)];

    /// <summary>Bytes of an id or a name, as far as the interface can say.</summary>
    public IReadOnlyList<object> Lengths => [.. Of(16).Append(65_536UL).Select(value => (object)(int)value)];

    /// <summary>Bytes of data.</summary>
    public IReadOnlyList<object> Sizes => [.. Of(27).Append((ulong)DataMax).Append((ulong)DataMax + 1).Select(value => (object)(int)value)];

    /// <summary>Elements of a vector.</summary>
    public IReadOnlyList<object> Counts => [.. Of(16).Append(65_536UL).Append(65_537UL).Select(value => (object)(int)value)];

    public IReadOnlyList<object> TimeSpans => [.. Signed().Select(ticks => (object)TimeSpan.FromTicks(ticks))];

    /// <summary>Years that nanoseconds since 1970 reach, and those that they do not.</summary>
    public IReadOnlyList<object> Times =>
    [
        .. new[] { DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch, new(2300, 1, 1, 0, 0, 0, TimeSpan.Zero), new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero) }
            .Concat(Signed().Where(ticks => ticks >= -DateTimeOffset.UnixEpoch.Ticks && ticks <= DateTimeOffset.MaxValue.Ticks - DateTimeOffset.UnixEpoch.Ticks)
                .Select(ticks => DateTimeOffset.UnixEpoch.AddTicks(ticks)))
            .Concat(Enumerable.Range(-1, 3).Select(ticks => DateTimeOffset.UnixEpoch.AddTicks((AisTime.End / 100) + ticks)))
            .Select(time => (object)time),
    ];

    private IEnumerable<long> Signed() => Of(63).Select(value => (long)value).SelectMany(value => new[] { value, -value }).Append(long.MinValue).Distinct();

    private IEnumerable<ulong> Of(int bits)
    {
        var max = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
        return Enumerable.Range(1, bits - 1).Where(k => !brief || k == 31 || k == bits - 1)
            .SelectMany(k => new[] { (1UL << k) - 1, 1UL << k, (1UL << k) + 1 })
            .Concat(new ulong[] { 0, 1, max - 1, max })
            .Distinct();
    }
}
