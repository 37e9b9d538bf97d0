using System.Buffers.Binary;
using System.Globalization;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Forward;

/// <summary>Replies of the greatest length, made to cost as much as they can: each costs little, and is relayed within a message.</summary>
public sealed class HostileReplyTests
{
    /// <summary>What reading one reply may cost: the octets of every record's names in full, and processor time.</summary>
    private const long MostAllocated = 16 * 1024 * 1024, MostMilliseconds = 100;

    private static readonly DnsName Asked = DnsName.Parse("a.");

    public static TheoryData<string, string> Replies => new()
    {
        { "pointers to pointers", nameof(WireError.BadName) },
        { "long names by pointers", nameof(WireError.None) },
        { "one text", nameof(WireError.None) },
        { "aliases and their DNAMEs", nameof(WireError.None) },
        { "signatures", nameof(WireError.None) },
        { "options", nameof(WireError.None) },
        { "sentence that is no text", nameof(WireError.None) },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reply_of_the_greatest_length_costs_little(string name, string verdict)
    {
        byte[] message = Make(name);
        Assert.InRange(message.Length, ushort.MaxValue - 270, ushort.MaxValue);
        long allocated = long.MaxValue, milliseconds = long.MaxValue;
        for (int i = 0; i < 40; i++)
        {
            (long before, long started) = (GC.GetAllocatedBytesForCurrentThread(), MillisecondsOnACore());
            Assert.Equal(verdict, Read(message).ToString());
            milliseconds = Math.Min(milliseconds, MillisecondsOnACore() - started);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{milliseconds} ms, {allocated} octets");
        Assert.InRange(milliseconds, 0, MostMilliseconds);
        Assert.InRange(allocated, 0, MostAllocated);
    }

    /// <summary>Of this thread, so that nothing beside it counts; elsewhere than on Linux the clock's.</summary>
    private static long MillisecondsOnACore() => OperatingSystem.IsLinux()
        ? long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1_000_000
        : Environment.TickCount64;

    /// <summary>Reads, makes an answer, and writes it to a client with EDNS as one DNS message.</summary>
    private static WireError Read(byte[] message)
    {
        var question = new UpstreamQuestion(Asked, RecordType.A, CheckingDisabled: false, AuthenticData: false, DnssecOk: true);
        WireError error = ReplyMessage.TryRead(message, question, out ReplyMessage? reply);
        if (reply is null || ReplyAnswer.Read("forward", question, reply, trusted: false) is not { } answer) return error;
        using Query query = Query.Rent();
        query.Ask(Asked.Span, RecordType.A, dnssecOk: true);
        var written = new byte[answer.MaxSize(query)];
        Assert.InRange(answer.WriteTo(written, query), MessageHeader.Size, ushort.MaxValue);
        return error;
    }

    private static byte[] Make(string name)
    {
        var made = new ReplyBytes(Asked, RecordType.A);
        switch (name)
        {
            case "pointers to pointers":
                made.Record(0xc00c, (RecordType)65280, ReplyBytes.Chain(made.Length + 12, 16_000));
                int end = made.Length - 2;
                while (made.HasRoom(14)) made.Record(0xc000 | end, RecordType.NS, [(byte)(0xc0 | (end >> 8)), (byte)end]);
                break;
            case "long names by pointers":
                int at = made.Length + 12;
                made.Record(0xc00c, RecordType.CNAME, [.. Enumerable.Repeat((byte[])[1, (byte)'x'], 127).SelectMany(label => label), 0]);
                while (made.HasRoom(14)) made.Record(0xc000 | at, RecordType.NS, [(byte)(0xc0 | (at >> 8)), (byte)at]);
                break;
            case "one text":
                made.Record(0xc00c, RecordType.A, [192, 0, 2, 1]);
                while (made.HasRoom(12 + 256)) made.Record(0xc00c, RecordType.TXT, [255, .. new byte[255]]);
                break;
            case "aliases and their DNAMEs":
                Aliases(made);
                break;
            case "signatures":
                while (made.HasRoom(12 + 19)) made.Record(0xc00c, RecordType.RRSIG, [0, 1, .. new byte[17]]);
                break;
            case "options":
                made.Options(Enumerable.Repeat((byte[])[0, 10, 0, 0], 16_370));
                break;
            default:
                while (made.HasRoom(16 + 250)) made.Record(0xc00c, RecordType.A, [192, 0, 2, (byte)made.Length]);
                made.Options([[0, 15, 0, 202, 0, 0, .. Enumerable.Repeat((byte)0xff, 200)]]);
                break;
        }

        return made.Finish();
    }

    /// <summary>a. -> b. -> ... -> p., each name below one DNAME after the other that makes it.</summary>
    private static void Aliases(ReplyBytes made)
    {
        byte[] Below(int link) => [1, (byte)'w', 1, (byte)('a' + link), 0];
        made.Record(0xc00c, RecordType.CNAME, Below(0));
        for (int link = 0; link < 16; link++) made.Named(Below(link), RecordType.CNAME, Below(link + 1));
        for (int link = 0; made.HasRoom(16); link = (link + 1) % 16)
            made.Named(Below(link)[2..], RecordType.DNAME, Below(link + 1)[2..]);
    }
}

/// <summary>A reply written octet by octet, without the care of our own writer.</summary>
internal sealed class ReplyBytes
{
    private readonly List<byte> _bytes = [.. new byte[MessageHeader.Size]];
    private int _answers, _additional;

    public ReplyBytes(DnsName name, RecordType type) => _bytes.AddRange([.. name.Span, 0, (byte)type, 0, 1]);

    public int Length => _bytes.Count;

    /// <summary>Pointers each of which leads to the one before it; the first leads to the question's name.</summary>
    /// <param name="at">Where they will stand.</param>
    public static byte[] Chain(int at, int octets)
    {
        var chain = new byte[octets];
        for (int i = 0; i + 1 < octets; i += 2)
        {
            int target = i == 0 ? MessageHeader.Size : at + i - 2;
            BinaryPrimitives.WriteUInt16BigEndian(chain.AsSpan(i), (ushort)(0xc000 | target));
        }

        return chain;
    }

    public bool HasRoom(int octets) => Length + octets <= ushort.MaxValue;

    public void Record(int ownerPointer, RecordType type, byte[] data) =>
        Named([(byte)(ownerPointer >> 8), (byte)ownerPointer], type, data);

    public void Named(byte[] owner, RecordType type, byte[] data)
    {
        _bytes.AddRange(
            [.. owner, (byte)((int)type >> 8), (byte)type, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length, .. data]);
        _answers++;
    }

    public void Options(IEnumerable<byte[]> options)
    {
        byte[] data = [.. options.SelectMany(option => option)];
        _bytes.AddRange([0, 0, 41, 4, 0xd0, 0, 0, 0x80, 0, (byte)(data.Length >> 8), (byte)data.Length, .. data]);
        _additional++;
    }

    public byte[] Finish()
    {
        byte[] message = [.. _bytes];
        new MessageHeader(
            7, MessageHeader.Response | MessageHeader.RecursionAvailable, 1, (ushort)_answers, 0, (ushort)_additional).Write(message);
        return message;
    }
}
