using Akka.Event;
using Checkpoint.Host.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Checkpoint.Tests.Host.Logging;

public sealed class RepeatedLinesTests
{
    private const string Writer = "akka://checkpoint/system/endpointManager/reliableEndpointWriter-akka.tcp%3A%2F%2Fcheckpoint%40127.0.0.1%3A7552-";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
    private readonly RepeatedLines _lines;
    private readonly List<string> _written = [];

    public RepeatedLinesTests() => _lines = new RepeatedLines(_clock);

    [Fact(DisplayName = "A peer that is away for ten minutes: the first line at once, a count a minute, and once that there are no more")]
    public void Peer_away()
    {
        for (var second = 0; second < 720; second++)
        {
            if (second < 600)
                Log(new Warning($"{Writer}{second}/endpointWriter", typeof(Akka.Cluster.Member), $"[{second}] no answer from 127.0.0.1:7552"));
            _clock.Advance(TimeSpan.FromSeconds(1));
            _written.AddRange(_lines.Due());
        }

        Assert.Equal(12, _written.Count);
        Assert.EndsWith("/endpointWriter: [0] no answer from 127.0.0.1:7552", _written[0], StringComparison.Ordinal);
        Assert.EndsWith("/endpointWriter: [59] no answer from 127.0.0.1:7552 (59 more like this in 60 s)", _written[1], StringComparison.Ordinal);
        Assert.StartsWith("2026-01-31T12:01:00.000Z WARN  n1 Akka.Cluster.Member ", _written[1], StringComparison.Ordinal);
        Assert.All(_written[2..11], line => Assert.EndsWith(" (60 more like this in 60 s)", line, StringComparison.Ordinal));
        Assert.EndsWith(" (no more like this for a minute; 599 were left out in all)", _written[11], StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Another peer, another text, another level is another kind; our information and Akka's debugging are not bounded, our warnings after five")]
    public void Kinds()
    {
        foreach (var _ in Enumerable.Range(0, 20))
        {
            Log(new Warning("s", typeof(Akka.Cluster.Member), "no answer from 127.0.0.1:7552"));
            Log(new Warning("s", typeof(Akka.Cluster.Member), "no answer from 127.0.0.1:7553"));
            Log(new Error(null!, "s", typeof(Akka.Cluster.Member), "no answer from 127.0.0.1:7553"));
            Log(new Info("s", typeof(Akka.Cluster.Member), "no answer"));
            Log(new Debug("s", typeof(Akka.Cluster.Member), "debugging"));
            Log(new Info("s", typeof(LineFormat), "ours"));
            Log(new Warning("s", typeof(LineFormat), "ours"));
        }

        Assert.Equal(4 + 20 + 20 + 5, _written.Count);
        Assert.Equal(5, _lines.All().Count());
    }

    [Fact(DisplayName = "Kinds have a limit, above which they count as one")]
    public void Kinds_max()
    {
        for (var peer = 0; peer < 10_000; peer++)
            Log(new Warning("s", typeof(Akka.Cluster.Member), $"no answer from host-{peer}.example"));

        Assert.Equal(RepeatedLines.KindsMax + 1, _written.Count);
    }

    private void Log(LogEvent logged)
    {
        var line = LineFormat.Format(logged, "n1");
        if (_lines.Admits(logged, line))
            _written.Add(line);
    }
}
