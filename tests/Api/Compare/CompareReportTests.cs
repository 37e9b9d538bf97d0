using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using KubeDoH.Api.Compare;
using KubeDoH.Tests.Api.Inspect;
using KubeDoH.Tests.Forward;

namespace KubeDoH.Tests.Api.Compare;

/// <summary>
/// What <c>POST /api/v1/compare</c> reports, against a real server that knows some of the names and some of them otherwise.
/// </summary>
public sealed class CompareReportTests
{
    private const string Zone = """
        $ORIGIN half.example.
        @       300 SOA  ns.half.example. host.half.example. 7 3600 600 86400 30
        @       300 NS   ns.half.example.
        n0      30  A    192.0.2.10
        n2      30  A    192.0.2.12
        n4      30  A    192.0.2.14
        n6      30  A    192.0.2.16
        n8      30  A    192.0.2.18
        two     30  A    192.0.2.2
        two     30  A    192.0.2.1
        slow    300 A    192.0.2.3
        moved   30  A    192.0.2.99
        words   30  TXT  "a \"word\" and a \\" "second"
        octets  30  TXT  "caf\195\169 \233;"
        svc     30  HTTPS 1 . alpn="h2"
        mail    30  MX   10 Mail.half.example.
        none    30  AAAA 2001:db8::1
        """;

    /// <summary>What this service has: the same, and the names that the other does not hold.</summary>
    private static readonly (string Name, string Type, string Records)[] Entries =
    [
        .. Enumerable.Range(0, 10).Select(at => ($"n{at}", "A", $"\"192.0.2.{10 + at}\"")),
        ("two", "A", "\"192.0.2.1\",\"192.0.2.2\""),
        ("slow", "A", "\"192.0.2.3\""),
        ("moved", "A", "\"192.0.2.4\""),
        ("words", "TXT", """ "\"a \\\"word\\\" and a \\\\\" \"second\"" """),
        ("octets", "TXT", """ "\"caf\\195\\169 \\233;\"" """),
        ("svc", "HTTPS", """ "1 . alpn=\"h2\"" """),
        ("mail", "MX", "\"10 mail.HALF.example.\""),
        ("none", "AAAA", "\"2001:db8::1\""),
    ];

    [Fact]
    public async Task Half_of_the_names_are_different_and_each_difference_is_told()
    {
        await using RealUpstreams other = await RealUpstreams.StartZoneAsync("half.example.", Zone);
        await using InspectHost host = await StartAsync(other);
        IEnumerable<object> questions = [.. Entries.Select(one => new { name = $"{one.Name}.half.example.", type = one.Type }),
            new { name = "none.half.example.", type = "A" }, new { name = "nobody.half.example.", type = "A" }];

        InspectReply reply = await PostAsync(host, new { questions });

        Assert.Equal(200, reply.Status);
        JsonElement report = reply.Json;
        Assert.DoesNotContain("\"reason\"", reply.Body, StringComparison.Ordinal);
        Assert.Equal(
            ($"127.0.0.1:{other.Port}", 20, 13, 7, 0),
            (
                report.GetProperty("server").GetString(), Number(report, "questions"), Number(report, "same"),
                Number(report, "different"), Number(report, "failed")
            ));
        JsonElement[] results = [.. report.GetProperty("results").EnumerateArray()];
        Assert.Equal(["n1", "n3", "n5", "n7", "n9", "moved", "nobody"], results.Select(
            one => one.GetProperty("question").GetProperty("name").GetString()!.Split('.')[0]));
        Assert.Equal(
            ["rcode   NOERROR NXDOMAIN", "only-ours n1.half.example. A 192.0.2.11 "],
            Lines(results[0]));
        Assert.Equal(
            ["only-ours moved.half.example. A 192.0.2.4 ", "only-theirs moved.half.example. A  192.0.2.99"],
            Lines(results[^2]));
        Assert.Equal(["rcode   REFUSED NXDOMAIN"], Lines(results[^1]));
        Assert.True(Number(report, "hinted") >= 1);
    }

    [Fact]
    public async Task Order_ttl_spelling_and_the_soa_of_an_absence_are_no_difference()
    {
        await using RealUpstreams other = await RealUpstreams.StartZoneAsync("half.example.", Zone);
        await using InspectHost host = await StartAsync(other);

        Assert.Equal(("same", ""), await VerdictAsync(host, "name=two.half.example.&type=A"));
        Assert.Equal(("same", ""), await VerdictAsync(host, "name=MAIL.half.example.&type=MX"));
        Assert.Equal(("same", "ttl slow.half.example. A 30 300"), await VerdictAsync(host, "name=slow.half.example."));
        Assert.Equal("same", (await VerdictAsync(host, "name=none.half.example.&type=A")).Verdict);
        Assert.Equal(("different", ""), await VerdictAsync(host, "name=moved.half.example."));
    }

    /// <summary>A pod's short name: this service looks through the search list, and the other is asked each candidate.</summary>
    [Fact]
    public async Task Short_name_is_asked_there_as_a_pod_would()
    {
        await using RealUpstreams other = await RealUpstreams.StartZoneAsync("cluster.local.", """
            $ORIGIN cluster.local.
            @     30 SOA ns.dns.cluster.local. hostmaster.cluster.local. 7 3600 600 86400 30
            @     30 NS  ns.dns.cluster.local.
            secco.dns-playground.svc 30 A 10.101.195.184
            """);
        await using InspectHost host = await StartAsync(other);

        JsonElement same = (await host.GetAsync("/api/v1/compare?name=secco&ns=dns-playground")).Json;
        InspectReply report = await PostAsync(host, new
        {
            questions = new object[]
            {
                new { name = "secco", ns = "dns-playground" },
                new { name = "secco.dns-playground.svc", ns = "default" },
                new { name = "secco", ns = "nowhere" },
                new { name = "secco", pod = "dns-playground/nobody" },
                new { name = "secco.", ns = "dns-playground" },
            },
        });

        Assert.Equal("same", same.GetProperty("verdict").GetString());
        Assert.Equal("secco.dns-playground.svc.cluster.local.", same.GetProperty("theirs").GetProperty("name").GetString());
        Assert.Equal("secco.dns-playground.svc.cluster.local.", same.GetProperty("ours").GetProperty("name").GetString());
        Assert.Single(same.GetProperty("ours").GetProperty("records").EnumerateArray());
        Assert.Equal(2, Number(report.Json, "same"));
        Assert.Equal(
            ["The cluster has no namespace 'nowhere'.", "The namespace 'dns-playground' has no pod 'nobody'."],
            report.Json.GetProperty("results").EnumerateArray().Where(one => one.TryGetProperty("reason", out _)
                && one.GetProperty("question").GetProperty("name").GetString() == "secco." && !one.TryGetProperty("ours", out _)).Select(
                    one => one.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Text_is_for_a_terminal()
    {
        await using RealUpstreams other = await RealUpstreams.StartZoneAsync("half.example.", Zone);
        await using InspectHost host = await StartAsync(other);

        string one = (await host.GetAsync("/api/v1/compare?name=moved.half.example.", ("Accept", "text/plain"))).Body;
        string report = (await PostAsync(
            host, new { questions = new[] { new { name = "n0.half.example." }, new { name = "n1.half.example." } } }, "text/plain")).Body;

        Assert.Equal($"""
            different moved.half.example. A
                      - only here: moved.half.example. A 192.0.2.4
                      - only there: moved.half.example. A 192.0.2.99
              server    127.0.0.1:{other.Port}

            here      NOERROR from entries
              moved.half.example.
                  30 s  A     192.0.2.4

            there     NOERROR
              moved.half.example.
                  30 s  A     192.0.2.99

            """, one);
        Assert.Equal($"""
            2 questions here and at 127.0.0.1:{other.Port}: 1 same, 1 different, 0 failed.

            different n1.half.example. A
                      - NOERROR here, NXDOMAIN there
                      - only here: n1.half.example. A 192.0.2.11

            """, report);
    }

    /// <summary>A server that is silent costs the time of the call and no more, and nothing is told that is not known.</summary>
    [Fact]
    public async Task Silent_server_fails_every_question_when_the_time_is_over()
    {
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        string address = silent.Client.LocalEndPoint!.ToString()!;
        await using InspectHost host = await InspectHost.StartAsync(
            compare: [address], limits: new CompareLimits(2, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(300)));

        InspectReply reply = await PostAsync(
            host, new { questions = Enumerable.Range(0, 50).Select(at => new { name = $"a{at}.invalid." }) });
        Assert.True(reply.Status == 200, reply.Body);
        JsonElement report = reply.Json;

        Assert.Equal((50, 50), (Number(report, "questions"), Number(report, "failed")));
        Assert.All(report.GetProperty("results").EnumerateArray(), one =>
            Assert.Equal("the time for all questions, 0.3 s, was over", one.GetProperty("reason").GetString()));
    }

    private static Task<InspectHost> StartAsync(RealUpstreams other) => StartAsync($"127.0.0.1:{other.Port}");

    private static async Task<InspectHost> StartAsync(string server)
    {
        InspectHost host = await InspectHost.StartAsync(compare: [server]);
        foreach ((string name, string type, string records) in Entries)
            await host.PutAsync($"{name}.half.example", type, $$"""{"ttl":30,"records":[{{records}}]}""");
        return host;
    }

    private static Task<InspectReply> PostAsync(InspectHost host, object body, string accept = "application/json") =>
        host.PostAsync("/api/v1/compare", JsonSerializer.Serialize(body), accept);

    private static async Task<(string Verdict, string Hints)> VerdictAsync(InspectHost host, string query)
    {
        JsonElement json = (await host.GetAsync($"/api/v1/compare?{query}")).Json;
        return (json.GetProperty("verdict").GetString()!, string.Join("; ", json.GetProperty("hints").EnumerateArray().Select(Line)));
    }

    private static IEnumerable<string> Lines(JsonElement result) => result.GetProperty("differences").EnumerateArray().Select(Line);

    private static string Line(JsonElement difference) => string.Join(' ', ((string[])["kind", "name", "type", "ours", "theirs"])
        .Select(member => difference.TryGetProperty(member, out JsonElement value) ? value.GetString() : ""));

    private static int Number(JsonElement report, string member) => report.GetProperty(member).GetInt32();
}
