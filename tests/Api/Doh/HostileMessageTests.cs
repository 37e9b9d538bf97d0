using System.Diagnostics;
using System.Net;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fuzz;

namespace KubeDoH.Tests.Api.Doh;

/// <summary>The DNS paths over the pipeline and the sample cluster of <see cref="FuzzWorld"/>.</summary>
public sealed class PipelineServer : DohServer
{
    private protected override IResolver Answering => FuzzWorld.Resolver;
}

/// <summary>Counted over the whole process: nothing else may run.</summary>
[CollectionDefinition(nameof(HostileMessageTests), DisableParallelization = true)]
public sealed class HostileMessageCollection : ICollectionFixture<PipelineServer>;

/// <summary>
/// Hostile questions and their verdicts, straight into the engine and over DoH on both HTTP versions: each is settled at once and
/// costs next to nothing.
/// </summary>
[Collection(nameof(HostileMessageTests))]
public sealed class HostileMessageTests(PipelineServer server)
{
    /// <summary>One question, read and answered by the engine once it is warm.</summary>
    private const long MostEngineMilliseconds = 10, MostEngineOctets = 8 * 1024;

    /// <summary>One request of client and server in this process, connection and buffers included.</summary>
    private const long MostRequestMilliseconds = 1000, MostRequestOctets = 2 * 1024 * 1024;

    /// <summary>
    /// The message (<see cref="HostileMessages"/>) and the verdict: a response code in a 200, or the error of the reader, which is a 400.
    /// </summary>
    private const string Rows =
        """
        length 65535            NOERROR
        length 512              NOERROR
        labels 127              NOERROR
        labels 128              BadName
        name-octets 255         NOERROR
        name-octets 256         BadName
        label-type 01           BadName
        label-type 10           BadName
        label-cut               Truncated
        pointer 0               BadName
        pointer 11              BadName
        pointer 12              BadName
        pointer 13              BadName
        pointer 255             BadName
        pointer-cut             Truncated
        questions 0             FORMERR
        questions 2             FORMERR
        questions 1000          FORMERR
        questions-counted       FORMERR
        counts                  FORMERR
        additional-counted      BadName
        answer                  FORMERR
        authority               FORMERR
        opt twice               FORMERR
        opt owned               FORMERR
        opt compressed          FORMERR
        opt cut                 Truncated
        opt option-over-end     FORMERR
        opt option-half         FORMERR
        opt options             NOERROR
        opt version             BADVERS
        opt do-65535            NOERROR
        opt size-0              NOERROR
        trailing                TrailingBytes
        rdlength                Truncated
        response                NotAQuestion
        opcode 1                NOTIMP
        opcode 2                NOTIMP
        opcode 3                NOTIMP
        opcode 4                NOTIMP
        opcode 5                NOTIMP
        opcode 6                NOTIMP
        opcode 7                NOTIMP
        opcode 8                NOTIMP
        opcode 9                NOTIMP
        opcode 10               NOTIMP
        opcode 11               NOTIMP
        opcode 12               NOTIMP
        opcode 13               NOTIMP
        opcode 14               NOTIMP
        opcode 15               NOTIMP
        flags                   NOERROR
        class 0                 REFUSED
        class 3                 REFUSED
        class 254               REFUSED
        class 255               REFUSED
        type 0                  FORMERR
        type 41                 FORMERR
        type 249                REFUSED
        type 250                REFUSED
        type 251                REFUSED
        type 252                REFUSED
        type 253                REFUSED
        type 254                REFUSED
        type 255                NOERROR
        type 65535              NOERROR
        bomb pointers           NOERROR
        bomb chain              NOERROR
        """;

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (string[] row in Rows.Split('\n', StringSplitOptions.TrimEntries).Select(
            row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            data.Add(string.Join(' ', row[..^1]), row[^1]);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Engine_settles_it_at_once(string message, string verdict)
    {
        byte[] bytes = HostileMessages.Make(message);
        var reply = new byte[ushort.MaxValue];
        (long octets, double milliseconds) = Cheapest(() => Assert.Equal(verdict, Ask(bytes, reply)), GC.GetAllocatedBytesForCurrentThread);

        Assert.InRange(octets, 0, MostEngineOctets);
        Assert.InRange(milliseconds, 0, MostEngineMilliseconds);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Doh_settles_it_at_once(string message, string verdict)
    {
        byte[] bytes = HostileMessages.Make(message);
        foreach (string version in (string[])["1.1", "2.0"])
        {
            (long octets, double milliseconds) = Cheapest(
                () => Assert.Equal(verdict, Post(version, bytes)), () => GC.GetTotalAllocatedBytes());

            Assert.InRange(octets, 0, MostRequestOctets);
            Assert.InRange(milliseconds, 0, MostRequestMilliseconds);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Get_says_what_post_says(string message, string verdict)
    {
        byte[] bytes = HostileMessages.Make(message);
        string target = $"/dns-query?dns={Messages.Encode(bytes)}";
        using HttpResponseMessage response = await server.Client("1.1").GetAsync(target, TestContext.Current.CancellationToken);

        if (target.Length > 16 * 1024) Assert.Equal(HttpStatusCode.RequestUriTooLong, response.StatusCode);
        else Assert.Equal(verdict, await VerdictAsync(response));
    }

    /// <summary>The least of some rounds: what other threads do meanwhile counts in one and not in all.</summary>
    private static (long Octets, double Milliseconds) Cheapest(Action round, Func<long> allocated)
    {
        (long octets, double milliseconds) = (long.MaxValue, double.MaxValue);
        for (int i = 0; i < 5; i++)
        {
            (long before, long started) = (allocated(), Stopwatch.GetTimestamp());
            round();
            milliseconds = Math.Min(milliseconds, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            octets = Math.Min(octets, allocated() - before);
        }

        return (octets, milliseconds);
    }

    private static string Ask(byte[] message, byte[] reply)
    {
        using Query query = Query.Rent();
        WireError error = query.TryParse(message);
        if (error is WireError.BadCounts or WireError.BadEdns) return RcodeText.Write(Rcode.FormErr);
        if (error is WireError.UnsupportedOpcode) return RcodeText.Write(Rcode.NotImp);
        if (error is not WireError.None) return error.ToString();
        Answer answer = FuzzWorld.Resolver.ResolveAsync(query, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        Assert.NotEqual(0, answer.WriteTo(reply, query));
        return RcodeText.Write(answer.Rcode);
    }

    private string Post(string version, byte[] message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/dns-query")
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(message) { Headers = { ContentType = new("application/dns-message") } },
        };
        using HttpResponseMessage response = server.Client(version)
            .SendAsync(request, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        return VerdictAsync(response).GetAwaiter().GetResult();
    }

    /// <summary>The response code with the bits that an OPT record holds; of a 400 the error that its sentence stands for.</summary>
    private static async Task<string> VerdictAsync(HttpResponseMessage response)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        if (response.StatusCode == HttpStatusCode.OK) return RcodeText.Write(RcodeOf(body));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var problem = System.Text.Json.JsonDocument.Parse(body);
        string detail = problem.RootElement.GetProperty("detail").GetString()!;
        return Enum.GetValues<WireError>().Single(error => WireErrorText.Write(error) == detail).ToString();
    }

    private static Rcode RcodeOf(byte[] body)
    {
        var header = MessageHeader.Read(body);
        var reader = new MessageReader(body, MessageHeader.Size);
        if (header.QuestionCount == 1 && reader.TrySkipName() && reader.TryReadUInt16(out _)) reader.TryReadUInt16(out _);
        int extended = 0;
        while (!reader.AtEnd && reader.TryReadRecord(out WireRecord record) == WireError.None)
            if (record.Type == RecordType.OPT) extended = body[record.DataOffset - 6] << 4;
        return (Rcode)(extended | (int)header.Rcode);
    }
}
