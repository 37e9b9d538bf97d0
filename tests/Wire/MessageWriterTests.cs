using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Wire;

public sealed class MessageWriterTests
{
    private static readonly byte[] Www = DnsName.Parse("www.example.").Span.ToArray();
    private static readonly byte[] Mail = DnsName.Parse("mail.example.").Span.ToArray();

    [Fact]
    public void Name_is_written_as_the_longest_suffix_known()
    {
        var writer = new MessageWriter(new byte[512], new ushort[MessageWriter.SlotCount]);
        writer.WriteHeader(default);
        writer.WriteName(Www);
        writer.WriteName(Mail);
        writer.WriteName(Www);
        writer.WriteName([0]);
        Assert.Equal("0377777707" + "6578616d706c6500" + "046d61696cc010" + "c00c" + "00", Convert.ToHexStringLower(writer.Written[12..]));
    }

    [Fact]
    public void Names_in_data_of_newer_types_stay_whole()
    {
        var writer = new MessageWriter(new byte[512], new ushort[MessageWriter.SlotCount]);
        writer.WriteHeader(default);
        writer.WriteRecord(Www, RecordType.DNAME, 1, Www);
        Assert.True(writer.Written.EndsWith(Www));
        writer.WriteRecord(Www, RecordType.CNAME, 1, Www);
        Assert.True(writer.Written.EndsWith((ReadOnlySpan<byte>)[0, 2, 0xc0, 12]));
    }

    [Fact]
    public void Malformed_data_is_written_as_it_is()
    {
        var writer = new MessageWriter(new byte[512], new ushort[MessageWriter.SlotCount]);
        writer.WriteHeader(default);
        writer.WriteRecord(Www, RecordType.MX, 1, [0, 1, 9]);
        Assert.True(writer.Written.EndsWith((ReadOnlySpan<byte>)[0, 3, 0, 1, 9]));
    }

    [Fact]
    public void Names_beyond_the_reach_of_a_pointer_are_not_pointed_at()
    {
        var buffer = new byte[0x5000];
        var writer = new MessageWriter(buffer, new ushort[MessageWriter.SlotCount]);
        writer.WriteBytes(new byte[0x3fff]);
        writer.WriteName(Www);
        int second = writer.Length;
        writer.WriteName(Www);
        int third = writer.Length;
        writer.WriteName(Mail);
        int fourth = writer.Length;
        writer.WriteName(Mail);

        Assert.Equal(2, third - second);
        Assert.Equal(Mail.Length, fourth - third);
        Assert.Equal(Mail.Length, writer.Length - fourth);
        foreach ((int offset, byte[] expected) in new[] { (second, Www), (third, Mail), (fourth, Mail) })
        {
            var name = new byte[WireName.MaxLength];
            Assert.Equal(WireError.None, MessageReader.ReadName(writer.Written, offset, name, out int length, out _));
            Assert.Equal(expected, name[..length]);
        }
    }

    [Fact]
    public void Full_buffer_overflows_and_a_rewind_makes_it_usable_again()
    {
        var writer = new MessageWriter(new byte[40], new ushort[MessageWriter.SlotCount]);
        writer.WriteHeader(default);
        writer.WriteRecord(Www, RecordType.CNAME, 1, Mail);
        Assert.True(writer.Overflowed);
        writer.Rewind(MessageHeader.Size);
        Assert.False(writer.Overflowed);
        writer.WriteName(Mail);
        writer.WriteName(Www);
        Assert.Equal("046d61696c076578616d706c6500" + "03777777c011", Convert.ToHexStringLower(writer.Written[12..]));
    }

    /// <summary>
    /// An offset remembered before a rewind may come to lie on a record's fixed fields. While the data is written its length field
    /// is still zero, so TTL and length read as a name there, and change under the pointer afterwards.
    /// </summary>
    [Fact]
    public void Name_is_not_pointed_at_where_a_rewind_took_it_away()
    {
        byte[] zero = [1, 0, 0];
        var writer = new MessageWriter(new byte[512], new ushort[MessageWriter.SlotCount]);
        writer.WriteHeader(default);
        writer.WriteBytes(new byte[8]);
        writer.WriteName(zero);
        writer.Rewind(MessageHeader.Size);

        writer.WriteRecord([0], RecordType.CNAME, ttl: 1, zero);

        var reader = new MessageReader(writer.Written, MessageHeader.Size);
        Assert.Equal(WireError.None, reader.TryReadRecord(out WireRecord record));
        var data = new byte[512];
        Assert.Equal(WireError.None, RecordData.TryCopy(writer.Written, record, data, out int length));
        Assert.Equal(zero, data[..length]);
    }
}
