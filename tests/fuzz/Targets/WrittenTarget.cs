using System.Globalization;
using System.Text;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Wire;

namespace KubeDoH.Tests.Fuzz;

/// <summary>
/// The round trip of our own writer. The input is a number in digits: the seed that a message of sound records is made from.
/// </summary>
internal static class WrittenTarget
{
    public static void Run(byte[] input)
    {
        if (int.TryParse(Encoding.ASCII.GetString(input), NumberStyles.None, CultureInfo.InvariantCulture, out int seed)) RoundTrip(seed);
    }

    /// <summary>Records that are written are read back the same, from the message and from their text.</summary>
    public static void RoundTrip(int seed)
    {
        var random = new Random(seed);
        var records = new RandomRecords(random);
        byte[] message = new byte[4096];
        List<(byte[] Owner, RecordType Type, byte[] Data)> written = Write(records, random.Next(1, 4), message, out int length);
        ReadOnlySpan<byte> whole = message.AsSpan(0, length);
        var reader = new MessageReader(whole, MessageHeader.Size);
        Span<byte> name = stackalloc byte[WireName.MaxLength], copied = new byte[message.Length * 2];
        foreach ((byte[] owner, RecordType type, byte[] data) in written)
        {
            Broken.If(reader.TryReadRecord(out WireRecord record) != WireError.None || record.Type != type, $"a {type} record is not read");
            WireError error = MessageReader.ReadName(whole, record.NameOffset, name, out int nameLength, out _);
            Broken.If(error != WireError.None || !owner.AsSpan().SequenceEqual(name[..nameLength]), $"the owner of a {type} differs");
            error = RecordData.TryCopy(whole, record, copied, out int dataLength);
            Broken.If(error != WireError.None || !data.AsSpan().SequenceEqual(copied[..dataLength]), $"the data of a {type} differs");
            Broken.If(!RecordData.IsValid(type, data), $"{type} {Convert.ToHexString(data)} is not valid");
            string text = RecordText.Write(type, data);
            Broken.If(!RecordText.TryRead(type, text, out byte[] read, out string? why), $"{type} {text}: {why}");
            TextTargets.SameData(type, data, read, text);
        }

        Broken.If(!reader.AtEnd, "octets are left behind the last record");
    }

    /// <summary>Writes a message of random records into <paramref name="message"/>; returns those that had room.</summary>
    public static List<(byte[] Owner, RecordType Type, byte[] Data)> Write(RandomRecords records, int count, byte[] message, out int length)
    {
        var written = new List<(byte[], RecordType, byte[])>();
        var writer = new MessageWriter(message, new ushort[MessageWriter.SlotCount]);
        writer.WriteHeader(default);
        for (; count > 0; count--)
        {
            RecordType type = records.Type();
            (byte[] owner, byte[] data) = (records.Name(), records.Data(type));
            int before = writer.Length;
            writer.WriteRecord(owner, type, 30, data);
            if (writer.Overflowed) writer.Rewind(before);
            else written.Add((owner, type, data));
        }

        length = writer.Length;
        return written;
    }
}
