using System.Buffers.Binary;
using System.Buffers.Text;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Api.Doh;

/// <summary>Questions as bytes.</summary>
internal static class Messages
{
    /// <summary>One question, RD set, id 0x1234; <paramref name="edns"/> adds an OPT record.</summary>
    public static byte[] Question(string name, RecordType type = RecordType.A, bool edns = false)
    {
        DnsName owner = DnsName.Parse(name);
        int length = MessageHeader.Size + owner.Span.Length + 4;
        var message = new byte[edns ? length + 11 : length];
        new MessageHeader(0x1234, MessageHeader.RecursionDesired, 1, 0, 0, (ushort)(edns ? 1 : 0)).Write(message);
        owner.Span.CopyTo(message.AsSpan(MessageHeader.Size));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(length - 4), (ushort)type);
        message[length - 1] = 1;
        if (edns)
        {
            message[length + 2] = 41;
            message[length + 3] = 4;
        }

        return message;
    }

    /// <summary>The question for web.example A after a change of its bytes.</summary>
    public static byte[] Changed(int offset, byte value)
    {
        byte[] message = Question("web.example");
        message[offset] = value;
        return message;
    }

    public static string Encode(byte[] message) => Base64Url.EncodeToString(message);

    /// <summary>What a name of this test suite stands for, as the value of <c>dns=</c> or as a body.</summary>
    public static byte[] Named(string name) => name switch
    {
        "empty" => [],
        "short" => [0, 1, 2],
        "response" => Changed(2, 0x81),
        "status-opcode" => Changed(2, 0x11),
        "two-questions" => Changed(5, 2),
        "no-question" => Changed(5, 0),
        "cut" => Question("web.example")[..^3],
        "trailing" => [.. Question("web.example"), 0],
        "looping" => [.. Question("web.example")[..12], 0xc0, 12, 0, 1, 0, 1],
        "large" => new byte[65536],
        _ => Question(name),
    };
}
