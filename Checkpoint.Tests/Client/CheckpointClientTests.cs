using Akka.Actor;
using Checkpoint.Client;
using Checkpoint.Protocol;
using Xunit;

namespace Checkpoint.Tests.Client;

/// <summary>The client over real remoting, against hosts that answer what the test says.</summary>
public sealed class CheckpointClientTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly CheckpointName Name = new("calls");
    private static readonly IncarnationId Incarnation = new(new Guid(9, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    private static readonly CreationAttributes Attributes = new(CreationFlags.WriteAllReplicas, 100, 0, 10, 10, 10);

    private FakeHost _one = null!;
    private FakeHost _two = null!;

    public async Task InitializeAsync()
    {
        _one = await FakeHost.StartAsync("node1");
        _two = await FakeHost.StartAsync("node2", _one);
        _one.Answers = _two.Answers = Serve;
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact(DisplayName = "It joins through whichever contact point lives, opens, writes and reads; data above a frame goes in pieces both ways")]
    public async Task Serves()
    {
        await using var client = await CheckpointClient.ConnectAsync(Options(_one.Contact, "127.0.0.1:1"));
        Assert.Equal(ConnectionStatus.Connected, client.Status);
        await using var handle = await client.OpenAsync(Name, attributes: Attributes);
        Assert.Equal((Incarnation, Attributes), (handle.Incarnation, handle.CreationAttributes));
        var open = (SessionProtocol.Open)(await NextAsync(client)).Command;
        Assert.Equal((OpenFlags.Read | OpenFlags.Write | OpenFlags.Create, Attributes), (open.Flags, open.Attributes));

        var big = new byte[5_000_000];
        new Random(7).NextBytes(big);
        var writing = handle.WriteAsync(new SectionId("s"), 3, big);
        var reading = handle.ReadAsync(new SectionId("s"));
        await writing;
        Assert.Equal(Answered, (await reading).ToArray());

        var request = await NextAsync(client);
        var write = Assert.IsType<ContentOp.Write>(((SessionProtocol.Change)request.Command).Op);
        Assert.True(write.Elements[0].Data.Span.SequenceEqual(big));
        Assert.InRange(request.Budget, 1, AisTime.FromTimeSpan(TimeSpan.FromSeconds(20)));
        Assert.IsType<SessionProtocol.Read>((await NextAsync(client)).Command);
    }

    [Fact(DisplayName = "A status of the service is an exception with its code, reason and index; TryOpen makes NOT_EXIST a null")]
    public async Task Throws()
    {
        await using var client = await CheckpointClient.ConnectAsync(Options(_one.Contact));
        _one.Answers = _two.Answers = request => request.Command is SessionProtocol.Open { Attributes: null }
            ? new SessionProtocol.Answer(request.Id, AisStatus.NotExist, "nobody made it")
            : new SessionProtocol.Answer(request.Id, AisStatus.InvalidParam, "limit 5", 3);

        Assert.Null(await client.TryOpenAsync(Name));
        var fault = await Assert.ThrowsAsync<CheckpointException>(() => client.OpenAsync(Name, attributes: Attributes).AsTask());
        Assert.Equal((AisStatus.InvalidParam, "limit 5", 3), (fault.Status, fault.Reason, fault.ErroneousIndex));
    }

    [Fact(DisplayName = "Expirations, retentions and timeouts that do not fit are never or without limit; negative ones stay negative")]
    public async Task Times()
    {
        await using var client = await CheckpointClient.ConnectAsync(Options(_one.Contact));
        await using var handle = await client.OpenAsync(Name, attributes: Attributes);
        await NextAsync(client);
        foreach (var (time, expected) in new (DateTimeOffset?, long)[]
            {
                (null, AisTime.End), (new DateTimeOffset(2300, 1, 1, 0, 0, 0, TimeSpan.Zero), AisTime.End),
                (new DateTimeOffset(9000, 1, 1, 0, 0, 0, TimeSpan.Zero), AisTime.End), (DateTimeOffset.MaxValue, AisTime.End),
                (DateTimeOffset.MinValue, long.MinValue), (DateTimeOffset.UnixEpoch, 0),
            })
        {
            await handle.CreateSectionAsync(new SectionId("s"), default, time);
            Assert.Equal(expected, ((ContentOp.CreateSection)((SessionProtocol.Change)(await NextAsync(client)).Command).Op).ExpirationTime);
            await handle.SetExpirationAsync(new SectionId("s"), time);
            Assert.Equal(expected, ((ContentOp.SetExpiration)((SessionProtocol.Change)(await NextAsync(client)).Command).Op).ExpirationTime);
        }

        foreach (var (retention, expected) in new[] { (TimeSpan.MaxValue, AisTime.End), (Timeout.InfiniteTimeSpan, AisTime.End), (TimeSpan.MinValue, long.MinValue) })
        {
            await handle.SetRetentionAsync(retention);
            Assert.Equal(expected, ((SessionProtocol.SetRetention)(await NextAsync(client)).Command).Duration);
        }

        foreach (var timeout in new[] { TimeSpan.MaxValue, Timeout.InfiniteTimeSpan })
        {
            await handle.SynchronizeAsync(timeout);
            Assert.True((await NextAsync(client)).Budget > AisTime.NanosecondsPerSecond * 3600);
        }

        foreach (var timeout in new[] { TimeSpan.MinValue, TimeSpan.FromSeconds(-1) })
            Assert.Equal(
                AisStatus.InvalidParam, (await Assert.ThrowsAsync<CheckpointException>(() => handle.SynchronizeAsync(timeout).AsTask())).Status);
    }

    [Theory(DisplayName = "When its host hangs or its link breaks, the client goes to the other host; the call in flight ends in TIMEOUT, the next is served on the same handle")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Moves(bool hangs)
    {
        await using var client = await CheckpointClient.ConnectAsync(Options(_one.Contact, _two.Contact));
        var moved = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var handle = await client.OpenAsync(Name, attributes: Attributes);
        var (old, next) = client.HostName == "node1" ? (_one, _two) : (_two, _one);
        client.ConnectionChanged += (_, changed) =>
        {
            if (changed.Status == ConnectionStatus.Connected)
                moved.TrySetResult(changed.HostName);
        };

        old.Answers = request =>
        {
            if (hangs)
                old.IsMute = true;
            else
                _ = old.System.Terminate();
            return null;
        };
        var inFlight = handle.WriteAsync(new SectionId("s"), 0, new byte[1]).AsTask();
        await handle.WriteAsync(new SectionId("s"), 1, new byte[1]).AsTask().ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Patience);

        var fault = await Assert.ThrowsAsync<CheckpointException>(() => inFlight.WaitAsync(Patience));
        Assert.Equal(AisStatus.Timeout, fault.Status);
        Assert.Equal(next.Name, await moved.Task.WaitAsync(Patience));
        Assert.Equal(Answered, (await handle.ReadAsync(new SectionId("s"))).ToArray());
        var attach = Assert.IsType<SessionProtocol.Attach>((await next.Requests.ReadAsync().AsTask().WaitAsync(Patience)).Command);
        Assert.Equal(Incarnation, attach.Incarnation);
        Assert.DoesNotContain(Drain(next), request => request.Command is SessionProtocol.Change { Op: ContentOp.Write { Elements: [{ Offset: 0 }] } });
    }

    [Fact(DisplayName = "Changes come in order with what they touched; consuming them gives credit; the end of the reader stops the tracking")]
    public async Task Changes()
    {
        await using var client = await CheckpointClient.ConnectAsync(Options(_one.Contact));
        await using var handle = await client.OpenAsync(Name, attributes: Attributes);
        var host = client.HostName == "node1" ? _one : _two;
        var session = host.Sessions.Values.Last();
        List<CheckpointChange> seen = [];
        await foreach (var change in Started(handle, host, () =>
        {
            session.Tell(new FakeHost.Push(new SessionProtocol.Changed(5, 11, [
                new SectionChange(SectionChangeKind.Created, new SectionId("a"), 0, 4), new SectionChange(SectionChangeKind.Deleted, new SectionId("b"), 0, 0)])));
            session.Tell(new FakeHost.Push(new SessionProtocol.Gap(5, 20)));
        }))
        {
            seen.Add(change);
            if (seen.Count == 3)
                break;
        }

        Assert.Equal(
            [
                new CheckpointChange(SectionChangeKind.Created, new SectionId("a"), 0, 4, 11),
                new CheckpointChange(SectionChangeKind.Deleted, new SectionId("b"), 0, 0, 11),
                new CheckpointChange(null, default, 0, 0, 20),
            ],
            seen);
        Assert.Contains(Drain(host), request => request.Command is SessionProtocol.Track { On: false });
    }

    [Fact(DisplayName = "An earlier session on the same host, which lives on, is not heard any more: neither its changes nor its pieces nor its farewell")]
    public async Task Hears_the_present_session_only()
    {
        await using var host = await FakeHost.StartAsync("node3");
        host.Answers = request => request.Command is SessionProtocol.Attach attach
            ? Serve(new SessionProtocol.Request(request.Id, request.Budget, new SessionProtocol.Open(attach.Name, attach.Flags, null)))
            : Serve(request);
        await using var client = await CheckpointClient.ConnectAsync(Options(host.Contact));
        client.ConnectionChanged += (_, changed) => host.IsMute &= changed.Status != ConnectionStatus.Joining;
        await using var handle = await client.OpenAsync(Name, attributes: Attributes);
        await using var changes = handle.ChangesAsync().GetAsyncEnumerator();
        var gap = changes.MoveNextAsync().AsTask();
        var old = await TrackingAsync(host);
        host.IsMute = true; // Until the client has given the session up.
        var present = await TrackingAsync(host);
        Assert.NotEqual(old, present);

        old.Tell(new FakeHost.Push(Changed(41)));
        old.Tell(new FakeHost.Push(new Parcel(1, 1, 2, new byte[ParcelSplitter.PieceMinBytes])));
        old.Tell(new FakeHost.Push(new SessionProtocol.Farewell(AisStatus.Unavailable, "left out")));
        await old.Ask<ActorIdentity>(new Identify("sent"), Patience);
        present.Tell(new FakeHost.Push(Changed(42)));

        Assert.True(await gap.WaitAsync(Patience));
        Assert.Equal(CheckpointChange.Gap(0), changes.Current);
        Assert.True(await changes.MoveNextAsync().AsTask().WaitAsync(Patience));
        Assert.Equal(42, changes.Current.Position);
        Assert.Equal(Answered, (await handle.ReadAsync(new SectionId("s"))).ToArray());
        Assert.Equal(present, host.Served);
    }

    [Fact(DisplayName = "Disposing says farewell to the host and answers what is open")]
    public async Task Disposes()
    {
        var client = await CheckpointClient.ConnectAsync(Options(_one.Contact));
        _one.Answers = _two.Answers = _ => null;
        var host = client.HostName == "node1" ? _one : _two;
        var call = client.UnlinkAsync(Name).AsTask();
        await host.Requests.ReadAsync().AsTask().WaitAsync(Patience);

        await client.DisposeAsync();

        Assert.Equal(AisStatus.Timeout, (await Assert.ThrowsAsync<CheckpointException>(() => call)).Status);
        Assert.Equal(AisStatus.BadHandle, (await Assert.ThrowsAsync<CheckpointException>(() => client.UnlinkAsync(Name).AsTask())).Status);
        Assert.True(SpinWait.SpinUntil(() => host.Left.Count == 1, Patience), "the host heard no farewell");
    }

    [Fact(DisplayName = "Nobody there: TRY_AGAIN after the connect timeout, naming the contact points")]
    public async Task Nobody()
    {
        var options = Options("127.0.0.1:1") with { ConnectTimeout = TimeSpan.FromMilliseconds(300) };

        var fault = await Assert.ThrowsAsync<CheckpointException>(() => CheckpointClient.ConnectAsync(options).AsTask());

        Assert.Equal(AisStatus.TryAgain, fault.Status);
        Assert.Contains("127.0.0.1:1", fault.Reason, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Wrong options are refused before anything starts, all faults in one message")]
    public async Task Options_are_checked()
    {
        var wrong = new CheckpointClientOptions { ContactPoints = ["nowhere"], CallTimeout = TimeSpan.Zero, ClientName = "" };

        var fault = await Assert.ThrowsAsync<ArgumentException>(() => CheckpointClient.ConnectAsync(wrong).AsTask());

        foreach (var part in new[] { "nowhere", "CallTimeout", "ClientName" })
            Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }

    private static byte[] Answered { get; } = [.. Enumerable.Range(0, 3_000_000).Select(i => (byte)i)];

    private static CheckpointClientOptions Options(params string[] contacts) =>
        new() { ContactPoints = contacts, CallTimeout = TimeSpan.FromSeconds(20) };

    private static SessionProtocol.Answer? Serve(SessionProtocol.Request request) => new(request.Id, AisStatus.Ok, null, -1, request.Command switch
    {
        SessionProtocol.Open open => new SessionProtocol.Opened(5, Incarnation, open.Attributes ?? Attributes),
        SessionProtocol.Attach => new SessionProtocol.Opened(6, Incarnation, Attributes),
        SessionProtocol.Read => new SessionProtocol.Data([Answered]),
        _ => null,
    });

    /// <summary>Enumerates the changes, and acts when the host has been told to track.</summary>
    private static async IAsyncEnumerable<CheckpointChange> Started(CheckpointHandle handle, FakeHost host, Action act)
    {
        await using var changes = handle.ChangesAsync().GetAsyncEnumerator();
        var first = changes.MoveNextAsync();
        while ((await host.Requests.ReadAsync().AsTask().WaitAsync(Patience)).Command is not SessionProtocol.Track { On: true })
        {
        }

        act();
        for (var more = await first; more; more = await changes.MoveNextAsync())
            yield return changes.Current;
    }

    private static SessionProtocol.Changed Changed(long position) =>
        new(5, position, [new SectionChange(SectionChangeKind.Written, new SectionId("a"), 0, 1)]);

    /// <summary>The session that is told to track next.</summary>
    private static async Task<IActorRef> TrackingAsync(FakeHost host)
    {
        while ((await host.Requests.ReadAsync().AsTask().WaitAsync(Patience)).Command is not SessionProtocol.Track { On: true })
        {
        }

        return host.Served;
    }

    private static IEnumerable<SessionProtocol.Request> Drain(FakeHost host)
    {
        while (host.Requests.TryRead(out var request))
            yield return request;
    }

    private async Task<SessionProtocol.Request> NextAsync(CheckpointClient client) =>
        await (client.HostName == "node1" ? _one : _two).Requests.ReadAsync().AsTask().WaitAsync(Patience);
}
