using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Fakes;

/// <summary>A question as a fake upstream received it.</summary>
/// <param name="NameBytes">The name as it was spelled, uncompressed wire bytes.</param>
/// <param name="FromPort">The port that it came from.</param>
internal sealed record FakeQuestion(
    ushort Id, ushort Flags, byte[] NameBytes, RecordType Type, bool HasEdns, ushort UdpSize, bool DnssecOk, bool OverTcp, int FromPort)
{
    /// <summary>The RDATA of its OPT record.</summary>
    public byte[] Options { get; private init; } = [];

    public DnsName Name { get; } = DnsName.Copy(NameBytes);

    public bool RecursionDesired => (Flags & 0x0100) != 0;

    public bool CheckingDisabled => (Flags & 0x0010) != 0;

    public bool AuthenticData => (Flags & 0x0020) != 0;

    /// <summary>Reads a question that is well-formed, with an OPT record behind it or nothing.</summary>
    public static FakeQuestion Read(ReadOnlySpan<byte> message, bool overTcp, int fromPort)
    {
        int end = 12;
        while (message[end] != 0) end += message[end] + 1;
        byte[] name = message[12..(end + 1)].ToArray();
        ReadOnlySpan<byte> opt = message[(end + 5)..];
        bool edns = opt.Length >= 11 && opt[0] == 0 && opt[2] == 41;
        return new FakeQuestion(
            UInt16(message), UInt16(message[2..]), name, (RecordType)UInt16(message[(end + 1)..]),
            edns, edns ? UInt16(opt[3..]) : (ushort)0, edns && (opt[7] & 0x80) != 0, overTcp, fromPort)
        {
            Options = edns ? opt[11..].ToArray() : [],
        };
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes) => (ushort)((bytes[0] << 8) | bytes[1]);
}
