using System.Diagnostics;
using System.Globalization;
using Checkpoint.Actors.Checkpoints;
using Checkpoint.Protocol;
using Checkpoint.Tests.Processes;

namespace Checkpoint.Tests.Host.Gateway;

/// <summary>A client that is a process of its own: Perl, which every Debian has, with frames that this test made.</summary>
public sealed class ClientProcessTests : GatewayFixture
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Says what it is given, reads welcome and answer, leaves the connection to a child as well, and waits for its end.</summary>
    private const string Program = """
        use IO::Socket::UNIX;
        my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "connect: $!";
        syswrite $s, pack('H*', $ARGV[1]);
        sub take { my $n = shift; my $b = ''; sysread($s, $b, $n - length $b, length $b) or die "end" while length $b < $n; $b }
        take(8);
        take(unpack('V', take(8))) for 1, 2;
        my $child = fork;
        if (!$child) { close STDOUT; close STDERR; sleep 60; exit }
        $| = 1;
        print "child $child\n";
        sleep 60;
        """;

    [Fact(DisplayName = "A client whose process is killed is closed although a forked child holds its connection (PRC-21)")]
    public async Task Child_holds_the_connection()
    {
        var (client, child) = await StartAsync();

        Signals.Send(client.Id, Signal.Kill);

        Assert.Equal("safCkpt=forked", (await ExpectMsgAsync<CheckpointProtocol.Close>(Patience)).Name.ToString());
        Assert.False(child.HasExited);
        StartedProcesses.End(child);
    }

    [Fact(DisplayName = "A client that is stopped, or whose child ends, is not dead")]
    public async Task Stopped()
    {
        var (client, child) = await StartAsync();

        Signals.Send(client.Id, Signal.Stop);
        Signals.Send(child.Id, Signal.Kill);
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(300));

        Signals.Send(client.Id, Signal.Kill);
        await ExpectMsgAsync<CheckpointProtocol.Close>(Patience);
    }

    private async Task<(Process Client, Process Child)> StartAsync()
    {
        var client = new Process
        {
            StartInfo = new ProcessStartInfo("perl", ["-e", Program, Options.SocketPath, Convert.ToHexStringLower(HelloAndOpen())])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        var lines = new ProcessLines(client);
        client.Start();
        client.BeginOutputReadLine();
        client.BeginErrorReadLine();
        StartedProcesses.Add(client);
        var line = await lines.FirstAsync(_ => true).WaitAsync(Patience);
        Assert.StartsWith("child ", line);
        var child = Process.GetProcessById(int.Parse(line.AsSpan("child ".Length), CultureInfo.InvariantCulture));
        StartedProcesses.Add(child);
        return (client, child);
    }

    private static byte[] HelloAndOpen()
    {
        var all = new MemoryStream();
        all.Write(GatewayFrame.Preamble(SessionProtocol.Version));
        var writer = new FrameWriter(all);
        writer.Write(Hello);
        var open = new SessionProtocol.Open(new CheckpointName("safCkpt=forked"), OpenFlags.Create | OpenFlags.Read, Attributes);
        writer.Write(new SessionProtocol.Request(1, 20_000_000_000, open));
        return all.ToArray();
    }
}
