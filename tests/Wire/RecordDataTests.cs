using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Wire;

public sealed class RecordDataTests
{
    [Theory]
    [InlineData(RecordType.CNAME, "c00c", "016100")]
    [InlineData(RecordType.MX, "000ac00c", "000a016100")]
    [InlineData(RecordType.SRV, "0001000200030162c00c", "0001000200030162016100")]
    [InlineData(RecordType.SOA, "c00cc00c0000000100000002000000030000000400000005", "0161000161000000000100000002000000030000000400000005")]
    [InlineData(RecordType.NAPTR, "00010002017501730172c00c", "00010002017501730172016100")]
    [InlineData(RecordType.HTTPS, "0001c00c0003", "00010161000003")]
    [InlineData(RecordType.CAA, "00", "00")]
    [InlineData(RecordType.DS, "", "")]
    [InlineData((RecordType)65280, "c000", "c000")]
    public void Data_is_copied_with_its_names_in_full(RecordType type, string hex, string expected)
    {
        Assert.Equal(WireError.None, Copy(type, hex, out byte[] data));
        Assert.Equal(expected, Convert.ToHexStringLower(data));
    }

    [Theory]
    [InlineData(RecordType.A, "010203")]
    [InlineData(RecordType.A, "0102030405")]
    [InlineData(RecordType.AAAA, "01020304")]
    [InlineData(RecordType.TXT, "")]
    [InlineData(RecordType.TXT, "0261")]
    [InlineData(RecordType.HINFO, "0161")]
    [InlineData(RecordType.CNAME, "")]
    [InlineData(RecordType.CNAME, "01610000")]
    [InlineData(RecordType.CNAME, "0161")]
    [InlineData(RecordType.MX, "00")]
    [InlineData(RecordType.MX, "000a")]
    [InlineData(RecordType.SRV, "000100020003")]
    [InlineData(RecordType.NAPTR, "000100020575")]
    [InlineData(RecordType.SOA, "c00cc00c00000001000000020000000300000004000000")]
    [InlineData(RecordType.SOA, "c00cc00c000000010000000200000003000000040000000500")]
    [InlineData(RecordType.SOA, "14616161616161616161616161616161616161616100c00c")]
    public void Data_that_does_not_fit_its_length_is_refused(RecordType type, string hex) =>
        Assert.Equal(WireError.BadRecordData, Copy(type, hex, out _));

    [Fact]
    public void Data_without_room_is_said_to_have_none()
    {
        byte[] message = [.. new byte[MessageHeader.Size], 1, (byte)'a', 0, 0xc0, MessageHeader.Size];
        var record = new WireRecord(MessageHeader.Size, RecordType.CNAME, RecordClass.Internet, 0, MessageHeader.Size + 3, 2);
        Assert.Equal(WireError.NoRoom, RecordData.TryCopy(message, record, new byte[2], out _));
        Assert.Equal(WireError.None, RecordData.TryCopy(message, record, new byte[3], out int length));
        Assert.Equal(3, length);
    }

    /// <summary>Copies data that stands in a message behind a header and the name "a.".</summary>
    private static WireError Copy(RecordType type, string hex, out byte[] data)
    {
        byte[] octets = Convert.FromHexString(hex), message = [.. new byte[MessageHeader.Size], 1, (byte)'a', 0, .. octets, 0, 0];
        var room = new byte[1024];
        var record = new WireRecord(MessageHeader.Size, type, RecordClass.Internet, 0, MessageHeader.Size + 3, octets.Length);
        WireError error = RecordData.TryCopy(message, record, room, out int length);
        data = room[..length];
        return error;
    }
}
