using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Configuration;

namespace Checkpoint.Benchmarks.Transport;

/// <summary>
/// Our transport beside Akka's own, in one run: two processes for each, rounds of one and of the other in turn, the median of the rounds. The first
/// round of each is left out. What counts is the ratio: machines differ, and so do their moments.
/// </summary>
internal static class TransportDuel
{
    private const int Rounds = 10;
    private const int Asks = 2_000;
    private const int LargeAsks = 200;
    private const int Tells = 100_000;
    private const int LargeBytes = 100 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="arguments">"serve", a kind and a directory: the other process. None: the duel.</param>
    public static async Task RunAsync(string[] arguments)
    {
        if (arguments is ["serve", var kind, var directory])
        {
            await ServeAsync(kind, directory);
            return;
        }

        var files = Directory.CreateTempSubdirectory("ckpt-duel-").FullName;
        try
        {
            MakeCertificates(files);
            foreach (var tls in new[] { false, true })
                await DuelAsync(tls, files);
        }
        finally
        {
            Directory.Delete(files, recursive: true);
        }
    }

    private static async Task DuelAsync(bool tls, string files)
    {
        await using var own = await Side.StartAsync(tls ? "own-tls" : "own", files);
        await using var other = await Side.StartAsync(tls ? "akka-tls" : "akka", files);
        for (var round = 0; round <= Rounds; round++)
            foreach (var side in round % 2 == 0 ? new[] { own, other } : [other, own])
                await side.RoundAsync(isCounted: round > 0);

        Console.WriteLine(tls ? "mutual TLS" : "plain");
        Console.WriteLine($"  {"",-28}{"own",12}{"Akka's",12}{"own/Akka's",12}");
        foreach (var name in own.Figures.Keys)
        {
            var (a, b) = (Median(own.Figures[name]), Median(other.Figures[name]));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-28}{a,12:0.0}{b,12:0.0}{a / b,12:0.00}"));
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task ServeAsync(string kind, string files)
    {
        var system = ActorSystem.Create("duel", ConfigOf(kind, files));
        system.ActorOf(Props.Create(() => new Server()), "server");
        Console.WriteLine(((ExtendedActorSystem)system).Provider.DefaultAddress);
        await Console.In.ReadToEndAsync(); // Until the other process is done.
        await system.Terminate();
    }

    private static Config ConfigOf(string kind, string files)
    {
        var tls = kind.EndsWith("-tls", StringComparison.Ordinal);
        var transport = kind.StartsWith("own", StringComparison.Ordinal)
            ? $$"""
                enabled-transports = ["akka.remote.checkpoint-tcp"]
                checkpoint-tcp {
                  transport-class = "Checkpoint.Transport.SocketTransport, Checkpoint.Transport"
                  hostname = "127.0.0.1"
                  tls { enabled = {{(tls ? "on" : "off")}}, certificate = "{{files}}/own.p12", authority = "{{files}}/authority.pem", check-host-name = off }
                }
                """
            : $$"""
                dot-netty.tcp {
                  hostname = "127.0.0.1"
                  port = 0
                  maximum-frame-size = 262144b
                  enable-ssl = {{(tls ? "true" : "false")}}
                  ssl { suppress-validation = true, require-mutual-authentication = true, certificate { path = "{{files}}/own.p12", password = "" } }
                }
                """;
        return ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = ERROR
              actor.provider = remote
              coordinated-shutdown.exit-clr = off
              remote {
                {{transport}}
              }
            }
            """);
    }

    /// <summary>An authority and one certificate of it; Akka's own transport is told not to judge it, which makes it no slower.</summary>
    private static void MakeCertificates(string files)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        var authority = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = authority.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var ownKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=own", ownKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var issued = request.Create(root, root.NotBefore, root.NotAfter, RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(ownKey);
        File.WriteAllText(Path.Combine(files, "authority.pem"), root.ExportCertificatePem());
        File.WriteAllBytes(Path.Combine(files, "own.p12"), whole.Export(X509ContentType.Pkcs12));
    }

    /// <summary>Answers what it is told; of a run of numbers it answers the last one only.</summary>
    private sealed class Server : ReceiveActor
    {
        public Server()
        {
            Receive<int>(number => number == Tells, number => Sender.Tell(number));
            Receive<int>(_ => { });
            ReceiveAny(message => Sender.Tell(message));
        }
    }

    private sealed class Side : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly ActorSystem _system;
        private readonly ActorSelection _server;

        private Side(Process process, ActorSystem system, string address)
        {
            (_process, _system) = (process, system);
            _server = system.ActorSelection($"{address}/user/server");
        }

        public Dictionary<string, List<double>> Figures { get; } = [];

        public static async Task<Side> StartAsync(string kind, string files)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
                start.ArgumentList.Add(typeof(TransportDuel).Assembly.Location);
            foreach (var argument in new[] { "transport", "serve", kind, files })
                start.ArgumentList.Add(argument);
            var process = Process.Start(start)!;
            var address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{kind} did not start");
            return new Side(process, ActorSystem.Create("duel", ConfigOf(kind, files)), address);
        }

        public async Task RoundAsync(bool isCounted)
        {
            await AskAsync("Ask 64 B", new string('x', 64), Asks, isCounted);
            await AskAsync("Ask 100 KiB", new string('x', LargeBytes), LargeAsks, isCounted);
            var (from, cpu) = (Stopwatch.GetTimestamp(), Cpu());
            for (var number = 1; number < Tells; number++)
                _server.Tell(number);
            await _server.Ask<int>(Tells, Patience);
            var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
            Add("100,000 Tells, thousand/s", Tells / seconds / 1_000, isCounted);
            Add("Tell, CPU us", (Cpu() - cpu).TotalMicroseconds / Tells, isCounted);
        }

        public async ValueTask DisposeAsync()
        {
            await _system.Terminate();
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        private async Task AskAsync(string name, string message, int count, bool isCounted)
        {
            List<double> times = new(count);
            var cpu = Cpu();
            for (var i = 0; i < count; i++)
            {
                var from = Stopwatch.GetTimestamp();
                await _server.Ask<string>(message, Patience);
                times.Add(Stopwatch.GetElapsedTime(from).TotalMicroseconds);
            }

            times.Sort();
            Add($"{name}, p50 us", times[count / 2], isCounted);
            Add($"{name}, p99 us", times[count * 99 / 100], isCounted);
            Add($"{name}, CPU us", (Cpu() - cpu).TotalMicroseconds / count, isCounted);
        }

        /// <summary>Of both processes. Whoever else runs in this one is at rest.</summary>
        private TimeSpan Cpu()
        {
            _process.Refresh();
            using var self = Process.GetCurrentProcess();
            return self.TotalProcessorTime + _process.TotalProcessorTime;
        }

        private void Add(string name, double value, bool isCounted)
        {
            if (!Figures.TryGetValue(name, out var values))
                Figures.Add(name, values = []);
            if (isCounted)
                values.Add(value);
        }
    }
}
