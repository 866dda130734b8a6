using System.Buffers;
using System.Runtime.CompilerServices;
using Checkpoint.Protocol;

namespace Checkpoint.Tests.Protocol.Replication;

/// <summary>The bytes are pinned in <c>hosts-golden.txt</c>. <c>REWRITE_GOLDEN=1</c> writes that file anew; then look at what changed.</summary>
public sealed class HostMessageCodecTests
{
    private const string GoldenFile = "hosts-golden.txt";

    [Fact(DisplayName = "The bytes of every message between hosts are pinned")]
    public void Golden_bytes()
    {
        var lines = HostMessageSamples.All().Select(sample => $"{sample.Name} {Convert.ToHexString(HostMessageCodec.Encode(sample.Message).ToArray())}").ToList();
        if (Environment.GetEnvironmentVariable("REWRITE_GOLDEN") == "1")
            File.WriteAllLines(Path.Combine(Path.GetDirectoryName(ThisFile())!, GoldenFile), lines);
        Assert.Equal(Golden(), lines);
    }

    [Fact(DisplayName = "What was pinned is read: decoding and encoding again gives the same bytes, and the lane is kept")]
    public void Round_trip()
    {
        var samples = HostMessageSamples.All().ToDictionary(sample => sample.Name, sample => sample.Message);
        foreach (var (name, bytes) in Golden().Select(line => line.Split(' ')).Select(parts => (parts[0], Convert.FromHexString(parts[1]))))
        {
            var message = HostMessageCodec.Decode(bytes);
            Assert.Equal(samples[name].GetType(), message.GetType());
            Assert.Equal(bytes, HostMessageCodec.Encode(message).ToArray());
            Assert.Equal(HostMessageCodec.LaneOf(samples[name]), HostMessageCodec.LaneOf(message));
        }
    }

    [Fact(DisplayName = "Every message type, update, op, query, result and control has a sample")]
    public void Nothing_is_missing()
    {
        Type[] closedSets = [typeof(HostMessage)];
        var sampled = HostMessageSamples.All().Select(sample => sample.Message.GetType()).ToHashSet();
        foreach (var type in closedSets.SelectMany(set => set.GetNestedTypes().Where(set.IsAssignableFrom)))
            Assert.Contains(type, sampled);

        var text = string.Join('\n', HostMessageSamples.All().Select(sample => sample.Message.ToString() + Deep(sample.Message)));
        foreach (var set in new[] { typeof(LogBody), typeof(ContentOp), typeof(QueryBody), typeof(QueryResult), typeof(ControlBody) })
            foreach (var type in set.GetNestedTypes().Where(set.IsAssignableFrom))
                Assert.Contains(type.FullName!, text);
    }

    [Fact(DisplayName = "A message cut anywhere is refused as such, never by another exception")]
    public void Cut_short()
    {
        foreach (var (_, message) in HostMessageSamples.All())
        {
            var bytes = HostMessageCodec.Encode(message).ToArray();
            for (var length = 0; length < bytes.Length; length++)
                Assert.Throws<WireFormatException>(() => HostMessageCodec.Decode(bytes.AsMemory(0, length)));
            Assert.Throws<WireFormatException>(() => HostMessageCodec.Decode((byte[])[.. bytes, 0]));
        }
    }

    [Fact(DisplayName = "A message with any one byte changed is another message or is refused as such")]
    public void One_byte_changed()
    {
        var random = new Random(17);
        foreach (var (_, message) in HostMessageSamples.All())
        {
            for (var round = 0; round < 300; round++)
            {
                var bytes = HostMessageCodec.Encode(message).ToArray();
                bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
                try
                {
                    HostMessageCodec.Encode(HostMessageCodec.Decode(bytes));
                }
                catch (WireFormatException)
                {
                    // Refused: right as well.
                }
            }
        }
    }

    private static string[] Golden() => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Protocol", "Replication", GoldenFile));

    private static string Deep(HostMessage message) => message switch
    {
        HostMessage.Append append => string.Join(' ', append.Entries.Select(entry =>
            entry.Body.GetType().FullName + (entry.Body is LogBody.Content content ? content.Op.GetType().FullName : ""))),
        HostMessage.Query query => query.Body.GetType().FullName!,
        HostMessage.QueryAnswer answer => answer.Result.GetType().FullName!,
        HostMessage.Control control => control.Body.GetType().FullName!,
        _ => "",
    };

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
