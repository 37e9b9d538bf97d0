using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Fakes;

/// <summary>Turns a reply into the bytes that a fault makes of it; what must not be believed carries a forged address.</summary>
internal static class FakeMisbehaviour
{
    public static byte[] Write(FakeReply reply, FakeQuestion question, FakeFault fault)
    {
        byte[] name = question.NameBytes;
        return fault switch
        {
            FakeFault.WrongId => Forged(question).Write(question with { Id = (ushort)(question.Id ^ 1) }),
            FakeFault.WrongName => Forged(question).Write(question with { NameBytes = [1, (byte)'x', .. name] }),
            FakeFault.WrongCase => Forged(question).Write(question with { NameBytes = [.. name.Select(UpperCase)] }),
            FakeFault.WrongType => Forged(question).Write(question with { Type = question.Type + 1 }),
            FakeFault.WrongClass => Changed(Forged(question).Write(question), 12 + name.Length + 3, 3),
            FakeFault.WrongPort or FakeFault.WrongAddress => Forged(question).Write(question),
            FakeFault.AsQuestion => Changed(Forged(question).Write(question), 2, 1),
            FakeFault.Truncate => reply.Write(question, truncated: true),
            FakeFault.ServFail => Failing(question, Rcode.ServFail),
            FakeFault.Refused => Failing(question, Rcode.Refused),
            FakeFault.FormErr => Failing(question, Rcode.FormErr),
            FakeFault.NotImp => Failing(question, Rcode.NotImp),
            FakeFault.BareFormErrToEdns when question.HasEdns => [.. Failing(question, Rcode.FormErr)[..4], 0, 0, 0, 0, 0, 0, 0, 0],
            FakeFault.Garbage => [.. Changed(new FakeReply().Write(question with { HasEdns = false }), 7, 1), 0xde, 0xad, 0xbe, 0xef, 0x51],
            FakeFault.CutShort => reply.Write(question)[..^1],
            FakeFault.TrailingBytes => [.. reply.Write(question), 0],
            FakeFault.Oversize => [.. reply.Write(question), .. new byte[5000]],
            FakeFault.PointerLoop => Changed(reply.Write(question), 12 + name.Length + 5, (byte)(12 + name.Length + 4)),
            FakeFault.Runt => reply.Write(question)[..5],
            _ => reply.Write(question),
        };
    }

    /// <summary>What a forger would have us believe: every name is at 203.0.113.66.</summary>
    private static FakeReply Forged(FakeQuestion question) =>
        new() { Answer = [new FakeRecord(question.Name, RecordType.A, 300, [203, 0, 113, 66])] };

    private static byte[] Failing(FakeQuestion question, Rcode rcode) => new FakeReply { Rcode = rcode }.Write(question);

    private static byte UpperCase(byte octet) => (byte)char.ToUpperInvariant((char)octet);

    private static byte[] Changed(byte[] message, int at, byte value)
    {
        message[at] = value;
        return message;
    }
}
