using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Checkpoint.Transport;

namespace Checkpoint.Tests.Transport;

/// <summary>An actor system of this process that others reach by a socket; it answers what it is told at <c>/user/echo</c>.</summary>
internal sealed class RemoteSystem : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const string Own = """
        enabled-transports = ["akka.remote.checkpoint-tcp"]
        checkpoint-tcp {
          transport-class = "Checkpoint.Transport.SocketTransport, Checkpoint.Transport"
          hostname = "127.0.0.1"
        """;

    private const string DotNetty = """
        enabled-transports = ["akka.remote.dot-netty.tcp"]
        dot-netty.tcp {
          hostname = "127.0.0.1"
          port = 0
          maximum-frame-size = 262144b
        """;

    private readonly Warnings _warnings = new();

    private RemoteSystem(string transport, string settings)
    {
        System = ActorSystem.Create("remote", ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = WARNING
              stdout-loglevel = OFF
              loggers = []
              actor.provider = remote
              coordinated-shutdown.exit-clr = off
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              remote {
                retry-gate-closed-for = 100ms
                handshake-timeout = 1s
                {{transport}}
                {{settings}}
                }
              }
            }
            """));
        System.EventStream.Subscribe(System.ActorOf(Props.Create(() => new Listening(_warnings))), typeof(Warning));
        System.ActorOf(Props.Create(() => new Echo()), "echo");
        Address = ((ExtendedActorSystem)System).Provider.DefaultAddress;
    }

    public ActorSystem System { get; }

    public Address Address { get; }

    public SocketTransport Transport => SocketTransport.Of(System) ?? throw new InvalidOperationException("the system has another transport");

    public static RemoteSystem OfOwn(string settings = "") => new(Own, settings);

    public static RemoteSystem OfDotNetty(string settings = "") => new(DotNetty, settings);

    /// <summary>Mutual TLS with the certificate of that file.</summary>
    public static string Tls(string certificate, string authority, string more = "") =>
        $"tls {{ enabled = on, certificate = \"{certificate}\", authority = \"{authority}\"\n{more}\n}}";

    /// <summary>Asks again until there is an answer: the first attempts may fall into a gate.</summary>
    public async Task<T> AskAsync<T>(RemoteSystem other, T message)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await EchoOf(other).Ask<T>(message!, TimeSpan.FromSeconds(2), limit.Token);
            }
            catch (AskTimeoutException) when (!limit.IsCancellationRequested)
            {
                // Gated, or not there yet.
            }
        }
    }

    public ActorSelection EchoOf(RemoteSystem other) => System.ActorSelection(new RootActorPath(other.Address) / "user" / "echo");

    public Task<string> WarningAsync(string part) => _warnings.WithAsync(part).WaitAsync(Patience);

    public int CountOf(string part) => _warnings.CountOf(part);

    public async ValueTask DisposeAsync() => await System.Terminate().WaitAsync(Patience);

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }

    private sealed class Listening : ReceiveActor
    {
        public Listening(Warnings warnings) => Receive<Warning>(warning => warnings.Add(warning.ToString()));
    }

    private sealed class Warnings
    {
        private readonly Lock _lock = new();
        private readonly List<string> _all = [];
        private readonly List<(string Part, TaskCompletionSource<string> Found)> _wanted = [];

        public void Add(string line)
        {
            lock (_lock)
            {
                _all.Add(line);
                foreach (var (part, found) in _wanted)
                    if (line.Contains(part, StringComparison.Ordinal))
                        found.TrySetResult(line);
            }
        }

        public int CountOf(string part)
        {
            lock (_lock)
                return _all.Count(line => line.Contains(part, StringComparison.Ordinal));
        }

        public Task<string> WithAsync(string part)
        {
            lock (_lock)
            {
                var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_all.Find(line => line.Contains(part, StringComparison.Ordinal)) is { } there)
                    found.SetResult(there);
                else
                    _wanted.Add((part, found));
                return found.Task;
            }
        }
    }
}
