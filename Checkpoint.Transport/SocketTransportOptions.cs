using Akka.Configuration;
using Checkpoint.Transport.Connections;
using Checkpoint.Transport.Secrets;
using Checkpoint.Transport.Tls;

namespace Checkpoint.Transport;

/// <summary>The keys of the transport's section, <see cref="Section"/>.</summary>
internal sealed record SocketTransportOptions
{
    /// <summary>Where <c>akka.remote.enabled-transports</c> finds it.</summary>
    public const string Section = "akka.remote.checkpoint-tcp";

    /// <summary>Name or address to listen on; <c>hostname</c>.</summary>
    public required string Hostname { get; init; }

    /// <summary>What others are told to reach this system by; <c>public-hostname</c>, by default <see cref="Hostname"/>.</summary>
    public required string PublicHostname { get; init; }

    /// <summary>0: a free one; <c>port</c>.</summary>
    public required int Port { get; init; }

    /// <summary>0: the one that is listened on; <c>public-port</c>.</summary>
    public required int PublicPort { get; init; }

    public required ConnectionOptions Connections { get; init; }

    /// <summary>Null: plain; <c>tls.enabled</c>.</summary>
    public required TlsOptions? Tls { get; init; }

    /// <summary>A <see cref="Secrets.SecretFile"/>, made when it is not there; empty: no secret; <c>secret-file</c>.</summary>
    public required string SecretFile { get; init; }

    /// <summary>What this system is to the others, told in the proof of the secret; <c>role</c>.</summary>
    public required Role Role { get; init; }

    /// <exception cref="ConfigurationException">Every fault of the section, each with its key.</exception>
    public static SocketTransportOptions Of(Config section)
    {
        List<string> faults = [];
        var standard = new ConnectionOptions();
        var hostname = Text("hostname");
        if (hostname.Length == 0)
            faults.Add($"{Section}.hostname must be set: it is the address of this system");
        var options = new SocketTransportOptions
        {
            Hostname = hostname,
            PublicHostname = Text("public-hostname") is { Length: > 0 } name ? name : hostname,
            Port = Number("port", 0, ushort.MaxValue, 0),
            PublicPort = Number("public-port", 0, ushort.MaxValue, 0),
            Connections = standard with
            {
                FrameMaxBytes = Bytes("maximum-frame-size", 32 * 1024, 64 * 1024 * 1024, standard.FrameMaxBytes),
                QueueMaxBytes = Bytes("send-queue-max", 64 * 1024, 1024 * 1024 * 1024, (int)standard.QueueMaxBytes),
                HandshakeTimeout = Time("handshake-timeout", standard.HandshakeTimeout),
                HandshakesMax = Number("handshakes-max", 1, 65_536, standard.HandshakesMax),
            },
            SecretFile = Text("secret-file"),
            Role = Known("role"),
            Tls = section.GetBoolean("tls.enabled", false) ? Mutual() : null,
        };
        return faults.Count == 0 ? options : throw new ConfigurationException(string.Join(Environment.NewLine, faults));

        string Text(string key) => section.GetString(key, "") ?? "";

        int Number(string key, int min, int max, int usual)
        {
            var text = Text(key);
            if (text.Length == 0)
                return usual;
            if (int.TryParse(text, out var number) && number >= min && number <= max)
                return number;
            faults.Add($"{Section}.{key} = {text}, must be a number from {min} to {max}");
            return usual;
        }

        int Bytes(string key, int min, int max, int usual)
        {
            if (Text(key).Length == 0)
                return usual;
            if (section.GetByteSize(key, null) is { } size && size >= min && size <= max)
                return (int)size;
            faults.Add($"{Section}.{key} = {Text(key)}, must be a size from {min}b to {max}b");
            return usual;
        }

        TimeSpan Time(string key, TimeSpan usual)
        {
            if (Text(key).Length == 0)
                return usual;
            // Akka gives an association up after 15 s: one that came later would be nobody's.
            var time = section.GetTimeSpan(key, usual, allowInfinite: false);
            if (time >= TimeSpan.FromMilliseconds(100) && time <= TimeSpan.FromSeconds(12))
                return time;
            faults.Add($"{Section}.{key} = {Text(key)}, must be a time from 100ms to 12s");
            return usual;
        }

        Role Known(string key)
        {
            var text = Text(key);
            if (text.Length == 0)
                return Role.Client;
            if (Enum.GetNames<Role>().Any(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)))
                return Enum.Parse<Role>(text, ignoreCase: true);
            faults.Add($"{Section}.{key} = {text}, must be host, member or client");
            return Role.Client;
        }

        TlsOptions Mutual()
        {
            if (Text("tls.certificate").Length == 0)
                faults.Add($"{Section}.tls.certificate must be set with tls.enabled = on");
            return new TlsOptions
            {
                Certificate = Text("tls.certificate"),
                Key = Text("tls.key"),
                Password = Text("tls.password"),
                Authority = Text("tls.authority"),
                ChecksHostName = section.GetBoolean("tls.check-host-name", true),
            };
        }
    }
}
