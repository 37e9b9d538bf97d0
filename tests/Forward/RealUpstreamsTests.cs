using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;
using KubeDoH.Tests.Wire;

namespace KubeDoH.Tests.Forward;

/// <summary>
/// Servers that other people wrote give the same records over every transport, and the same as to one who asks them directly.
/// </summary>
public class RealUpstreamsTests
{
    private const int Sets = 2000, AllTransports = 200;

    /// <summary>A signature belongs to the set that it covers, and the others stand at most once at a name.</summary>
    private static readonly RecordType[] Lone = [RecordType.CNAME, RecordType.DNAME, RecordType.SOA];

    [Fact]
    public async Task Generated_records_come_through_as_they_are()
    {
        (string Name, RecordType Type, byte[][] Data)[] sets = Generate(new Random(5));
        await using RealUpstreams peers = await RealUpstreams.StartAsync(sets.SelectMany(Lines));
        ForwardTesting[] ways =
        [
            .. peers.Addresses.Select(
                address => new ForwardTesting(new ForwardOptions { Servers = [address] }, FakeFront.Trust, TimeProvider.System)),
        ];
        using var direct = new TcpClient();
        await direct.ConnectAsync(IPAddress.Loopback, peers.Port, ForwardTesting.Cancelled);
        for (int i = 0; i < sets.Length; i++)
        {
            string[] expected = await AskDirectlyAsync(direct.GetStream(), sets[i].Name, sets[i].Type);
            string name = DnsName.Parse(sets[i].Name).ToString();
            Assert.Equal(sets[i].Data.Select(data => $"{name} {sets[i].Type} 300 {Convert.ToHexString(data)}").Order(), expected);
            IEnumerable<ForwardTesting> asked = i < AllTransports ? ways : [ways[i % ways.Length]];
            foreach (ForwardTesting way in asked)
            {
                using Query query = Query.Rent();
                query.Ask(DnsName.Parse(sets[i].Name).Span, sets[i].Type, dnssecOk: true);
                Answer? answer = await way.Source.FindAsync(query, ForwardTesting.Cancelled);
                Assert.True(answer!.Rcode == Rcode.NoError, $"{sets[i].Type}: {answer.Describe()}");
                byte[] reply = new byte[answer.MaxSize(query)];
                Assert.Equal(reply.Length, answer.WriteTo(reply, query));
                Assert.Equal(expected, Read(reply));
            }
        }
    }

    private static (string, RecordType, byte[][])[] Generate(Random random)
    {
        var records = new RandomRecords(random);
        RecordType[] types = [.. RandomRecords.Types.Where(type => type != RecordType.RRSIG)];
        return
        [
            .. Enumerable.Range(0, Sets).Select(i =>
            {
                RecordType type = types[i % types.Length];
                int count = Lone.Contains(type) ? 1 : random.Next(1, 4);
                byte[][] data = [.. Enumerable.Range(0, count).Select(_ => records.Data(type)).DistinctBy(Convert.ToHexString)];
                return ($"n{i}.diff.example", type, data);
            }),
        ];
    }

    /// <summary>Zone file lines whose data is octets (RFC 3597), so that they are read by no rule of the type.</summary>
    private static IEnumerable<string> Lines((string Name, RecordType Type, byte[][] Data) set) => set.Data.Select(
        data => $@"{set.Name}. 300 IN TYPE{(ushort)set.Type} \# {data.Length} {Convert.ToHexString(data)}");

    private static async Task<string[]> AskDirectlyAsync(NetworkStream stream, string name, RecordType type)
    {
        byte[] question = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsName.Parse(name).Span, (byte)((ushort)type >> 8), (byte)type, 0, 1];
        await stream.WriteAsync((byte[])[(byte)(question.Length >> 8), (byte)question.Length, .. question], ForwardTesting.Cancelled);
        byte[] length = new byte[2];
        await stream.ReadExactlyAsync(length, ForwardTesting.Cancelled);
        byte[] reply = new byte[(length[0] << 8) | length[1]];
        await stream.ReadExactlyAsync(reply, ForwardTesting.Cancelled);
        return Read(reply);
    }

    /// <summary>The records of the answer section of a message: owner, type, TTL and data in full.</summary>
    private static string[] Read(byte[] reply)
    {
        var lines = new List<string>();
        var reader = new MessageReader(reply, MessageHeader.Size);
        byte[] room = new byte[ushort.MaxValue + 512], owner = new byte[WireName.MaxLength];
        Assert.Equal(WireError.None, reader.TryReadName(owner, out _));
        Assert.True(reader.TryReadUInt16(out _) && reader.TryReadUInt16(out _));
        for (int left = MessageHeader.Read(reply).AnswerCount; left > 0; left--)
        {
            Assert.Equal(WireError.None, reader.TryReadRecord(out WireRecord record));
            Assert.Equal(WireError.None, MessageReader.ReadName(reply, record.NameOffset, owner, out int ownerLength, out _));
            Assert.Equal(WireError.None, RecordData.TryCopy(reply, record, room, out int length));
            string data = Convert.ToHexString(room.AsSpan(0, length));
            lines.Add($"{DnsName.Copy(owner.AsSpan(0, ownerLength))} {record.Type} {record.Ttl} {data}");
        }

        return [.. lines.Order()];
    }
}
