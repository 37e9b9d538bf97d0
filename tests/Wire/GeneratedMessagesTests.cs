using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fuzz;

namespace KubeDoH.Tests.Wire;

/// <summary>Messages made at random from a fixed seed: what is written is read back, and no octets do harm.</summary>
public sealed class GeneratedMessagesTests
{
    private const int Messages = 200_000;

    private readonly byte[] _message = new byte[4096];
    private readonly byte[] _data = new byte[ushort.MaxValue];
    private readonly byte[] _name = new byte[WireName.MaxLength];

    [Fact]
    public void Records_come_back_as_they_were_written()
    {
        for (int seed = 0; seed < Messages; seed++)
        {
            try
            {
                WrittenTarget.RoundTrip(seed);
            }
            catch (Broken broken)
            {
                Assert.Fail($"seed {seed}: {broken.Message}");
            }
        }
    }

    [Fact]
    public void Text_of_data_reads_as_the_same_data()
    {
        var records = new RandomRecords(new Random(3597));
        for (int i = 0; i < Messages; i++)
        {
            RecordType type = RandomRecords.Types[i % RandomRecords.Types.Length];
            byte[] data = records.Data(type);
            if (!RecordData.IsValid(type, data)) Assert.Fail($"{i}: {type} {Convert.ToHexString(data)} is not valid");
            string text = RecordText.Write(type, data);
            if (!RecordText.TryRead(type, text, out byte[] read, out string? error)) Assert.Fail($"{i}: {type} {text}: {error}");
            if (!data.AsSpan().SequenceEqual(read)) Assert.Fail($"{i}: {type} {text} reads as {Convert.ToHexString(read)}");
        }
    }

    [Fact]
    public void Mutated_messages_are_read_or_refused()
    {
        var random = new Random(4343);
        var records = new RandomRecords(random);
        int refused = 0;
        for (int i = 0; i < Messages; i++)
        {
            WrittenTarget.Write(records, random.Next(1, 4), _message, out int length);
            for (int flips = random.Next(1, 5); flips > 0; flips--)
                _message[random.Next(MessageHeader.Size, length)] = random.Next(3) == 0 ? (byte)0xc0 : (byte)random.Next(256);
            if (random.Next(4) == 0) length = random.Next(MessageHeader.Size, length);
            if (!TryReadAll(_message.AsSpan(0, length).ToArray())) refused++;
        }

        Assert.InRange(refused, Messages / 20, Messages - Messages / 20);
    }

    [Fact]
    public void Mutated_text_is_read_as_valid_data_or_refused()
    {
        const string Characters = "\"\\ .,=();\t0129azAZ#@-:ü\n";
        var random = new Random(9460);
        var records = new RandomRecords(random);
        for (int i = 0; i < Messages / 4; i++)
        {
            RecordType type = records.Type();
            char[] text = RecordText.Write(type, records.Data(type)).ToCharArray();
            for (int flips = random.Next(1, 4); flips > 0; flips--)
                text[random.Next(text.Length)] = Characters[random.Next(Characters.Length)];
            if (!RecordText.TryRead(type, text, out byte[] data, out string? error))
            {
                if (string.IsNullOrEmpty(error)) Assert.Fail($"{i}: {type} {new string(text)} was refused without a word");
            }
            else if (!RecordData.IsValid(type, data))
            {
                Assert.Fail($"{i}: {type} {new string(text)} was read as data that is not valid");
            }
        }
    }

    /// <summary>Reads every record; its data is written as text both raw and copied out.</summary>
    private bool TryReadAll(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message, MessageHeader.Size);
        while (!reader.AtEnd)
        {
            MessageReader name = reader;
            if (name.TryReadName(_name, out _) != WireError.None) return false;
            if (reader.TryReadRecord(out WireRecord record) != WireError.None) return false;
            ReadOnlySpan<byte> raw = message.Slice(record.DataOffset, record.DataLength);
            Assert.NotNull(RecordText.Write(record.Type, raw));
            if (RecordData.TryCopy(message, record, _data, out int length) != WireError.None) return false;
            Assert.NotNull(RecordText.Write(record.Type, _data.AsSpan(0, length)));
        }

        return true;
    }
}
