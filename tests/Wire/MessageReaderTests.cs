using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Wire;

public sealed class MessageReaderTests
{
    [Theory]
    [InlineData("00", 0, "00", 1)]
    [InlineData("016100", 0, "016100", 3)]
    [InlineData("0161000162c00c", 3, "0162016100", 7)]
    [InlineData("016100c00cff", 3, "016100", 5)]
    public void Name_is_read_uncompressed(string message, int offset, string name, int expectedEnd)
    {
        var wire = new byte[WireName.MaxLength];
        Assert.Equal(
            WireError.None, MessageReader.ReadName(Behind(message), MessageHeader.Size + offset, wire, out int length, out int end));
        Assert.Equal(name, Convert.ToHexStringLower(wire, 0, length));
        Assert.Equal(MessageHeader.Size + expectedEnd, end);
    }

    [Theory]
    [InlineData("", 0, WireError.Truncated)]
    [InlineData("01", 0, WireError.Truncated)]
    [InlineData("0161", 0, WireError.Truncated)]
    [InlineData("c0", 0, WireError.Truncated)]
    [InlineData("00", 2, WireError.Truncated)]
    [InlineData("c000", 0, WireError.BadName)]
    [InlineData("c00b", 0, WireError.BadName)]
    [InlineData("c00c", 0, WireError.BadName)]
    [InlineData("c00e00", 0, WireError.BadName)]
    [InlineData("c00ec00c", 0, WireError.BadName)]
    [InlineData("0161c00c", 0, WireError.BadName)]
    [InlineData("0161c00c0162c00c", 4, WireError.BadName)]
    [InlineData("c0ff", 0, WireError.BadName)]
    [InlineData("406100", 0, WireError.BadName)]
    [InlineData("806100", 0, WireError.BadName)]
    public void Malformed_name_is_refused(string message, int offset, WireError expected) =>
        Assert.Equal(
            expected, MessageReader.ReadName(Behind(message), MessageHeader.Size + offset, new byte[WireName.MaxLength], out _, out _));

    [Theory]
    [InlineData(127, WireError.None)]
    [InlineData(128, WireError.BadName)]
    public void Chain_of_pointers_may_be_as_long_as_a_name_has_labels(int labels, WireError expected)
    {
        List<byte> message = [.. new byte[MessageHeader.Size], 0];
        int last = MessageHeader.Size;
        for (int i = 0; i < labels; i++)
        {
            int at = message.Count;
            message.AddRange([1, (byte)'a', (byte)(0xc0 | last >> 8), (byte)last]);
            last = at;
        }

        Assert.Equal(expected, MessageReader.ReadName(message.ToArray(), last, new byte[WireName.MaxLength], out int length, out _));
        if (expected == WireError.None) Assert.Equal(WireName.MaxLength, length);
    }

    [Theory]
    [InlineData(61, WireError.None)]
    [InlineData(62, WireError.BadName)]
    public void Name_may_be_exactly_255_octets(int lastLabel, WireError expected)
    {
        var message = new List<byte>();
        foreach (int length in new[] { 63, 63, 63, lastLabel }) message.AddRange([(byte)length, .. new byte[length]]);
        message.Add(0);
        Assert.Equal(expected, MessageReader.ReadName(message.ToArray(), 0, new byte[WireName.MaxLength], out _, out _));
    }

    [Theory]
    [InlineData("00000100010000000000", WireError.Truncated)]
    [InlineData("0000010001000000000001", WireError.Truncated)]
    [InlineData("00000100010000000000040102", WireError.Truncated)]
    [InlineData("c0", WireError.BadName)]
    [InlineData("400001", WireError.BadName)]
    [InlineData("0000010001000000000000", WireError.None)]
    public void Record_that_overruns_the_message_is_refused(string hex, WireError expected)
    {
        var reader = new MessageReader(Convert.FromHexString(hex));
        Assert.Equal(expected, reader.TryReadRecord(out _));
    }

    [Fact]
    public void Ttl_with_the_top_bit_set_is_zero()
    {
        var reader = new MessageReader(Convert.FromHexString("0000010001800000010000"));
        Assert.Equal(WireError.None, reader.TryReadRecord(out WireRecord record));
        Assert.Equal(0u, record.Ttl);
    }

    /// <summary>The octets behind an empty header.</summary>
    private static byte[] Behind(string hex) => [.. new byte[MessageHeader.Size], .. Convert.FromHexString(hex)];
}
