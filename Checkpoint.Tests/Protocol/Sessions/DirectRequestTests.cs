using Checkpoint.Protocol;
using CsCheck;

namespace Checkpoint.Tests.Protocol.Sessions;

/// <summary>Requests that are decoded where they stand, against the codec that makes messages of them.</summary>
public sealed class DirectRequestTests
{
    private static readonly Gen<SectionId> Id = Gen.Byte.Array[0, 5].Select(bytes => new SectionId(bytes));

    private static readonly Gen<SessionProtocol.Command> Command = Gen.OneOf<SessionProtocol.Command>(
        Gen.Select(Gen.ULong, Gen.Select(Id, Gen.Long, Gen.Byte.Array[0, 9], (id, offset, data) => new WriteElement(id, offset, data)).List[0, 5])
            .Select((handle, elements) => (SessionProtocol.Command)new SessionProtocol.Change(handle, new ContentOp.Write(elements))),
        Gen.Select(Gen.ULong, Id, Gen.Byte.Array[0, 9]).Select(
            (handle, id, data) => (SessionProtocol.Command)new SessionProtocol.Change(handle, new ContentOp.Overwrite(id, data))),
        Gen.Select(Gen.ULong, Id).Select((handle, id) => (SessionProtocol.Command)new SessionProtocol.Change(handle, new ContentOp.DeleteSection(id))),
        Gen.Select(Gen.ULong, Gen.Select(Id, Gen.Long, Gen.Long, (id, offset, size) => new ReadElement(id, offset, size)).List[0, 5])
            .Select((handle, elements) => (SessionProtocol.Command)new SessionProtocol.Read(handle, elements)));

    [Fact(DisplayName = "Whatever bytes come: what is taken as a write or a read is what the codec makes of it, and what is refused the codec refuses")]
    public void Same_as_the_codec()
    {
        Gen.Select(Gen.Select(Gen.ULong, Gen.Long, Command), Gen.Int[-3, 3], Gen.Int[0, 200], Gen.Byte).Sample((request, cut, at, value) =>
        {
            var message = SessionCodec.Encode(new SessionProtocol.Request(request.Item1, request.Item2, request.Item3));
            if (at < message.Length)
                message[at] = value;
            message = cut < 0 ? message[..Math.Max(1, message.Length + cut)] : [.. message, .. new byte[cut / 2]];

            Assert.Equal(ByCodec(message, out var fails), Direct(message, out var directFails));
            Assert.True(fails || !directFails);
        });
    }

    private static string Direct(byte[] message, out bool fails)
    {
        var (write, read) = (new WriteRequest(), new ReadRequest());
        fails = false;
        try
        {
            if (write.TryDecode(message))
                return $"{write.Id} {write.Budget} {write.Handle} {write.IsOverwrite} "
                    + string.Join(' ', write.Elements.ToArray().Select(element => $"{Hex(element.Id)}+{element.Offset}={Hex(element.Data)}"));
            return read.TryDecode(message)
                ? $"{read.Id} {read.Budget} {read.Handle} " + string.Join(' ', read.Elements.ToArray().Select(element => $"{Hex(element.Id)}+{element.Offset}:{element.Size}"))
                : "other";
        }
        catch (WireFormatException)
        {
            fails = true;
            return "other";
        }
    }

    private static string ByCodec(byte[] message, out bool fails)
    {
        fails = false;
        try
        {
            if (SessionCodec.Read(message) is not SessionProtocol.Request request)
                return "other";
            var head = $"{request.Id} {request.Budget} ";
            return request.Command switch
            {
                SessionProtocol.Change { Op: ContentOp.Write write } change => $"{head}{change.Handle} False "
                    + string.Join(' ', write.Elements.Select(element => $"{Hex(element.Id.Bytes)}+{element.Offset}={Hex(element.Data)}")),
                SessionProtocol.Change { Op: ContentOp.Overwrite over } change => $"{head}{change.Handle} True {Hex(over.Id.Bytes)}+0={Hex(over.Data)}",
                SessionProtocol.Read read => $"{head}{read.Handle} "
                    + string.Join(' ', read.Elements.Select(element => $"{Hex(element.Id.Bytes)}+{element.Offset}:{element.Size}")),
                _ => "other",
            };
        }
        catch (WireFormatException)
        {
            fails = true;
            return "other";
        }
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);
}
