using System.Text.Json;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Api.Access;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Api.Inspect;

/// <summary>What <c>GET /api/v1/explain</c> takes and gives.</summary>
public sealed class ExplainEndpointsTests
{
    private const string Pod = "dns-playground/zerocalcare-dns-mgmt-65fdcb74cf-hmxrr";

    [Fact]
    public async Task Explanation_tells_the_walk_with_what_each_answer_was_made_from()
    {
        await using InspectHost host = await InspectHost.StartAsync();

        JsonElement json = (await host.GetAsync("/api/v1/explain?name=secco&ns=dns-playground")).Json;

        Assert.Equal("secco A is 10.101.195.184, says cluster.", json.GetProperty("verdict").GetString());
        bool absolute = json.GetProperty("question").GetProperty("absolute").GetBoolean();
        Assert.Equal(("secco.", "A", false), (Text(json, "question", "name"), Text(json, "question", "type"), absolute));
        Assert.Equal(("namespace", "dns-playground", 5),
            (Text(json, "view", "origin"), Text(json, "view", "namespace"), json.GetProperty("view").GetProperty("ndots").GetInt32()));
        Assert.Equal(
            ["candidate", "source hostAliases not-mine", "source entries not-mine", "source hosts not-mine", "source cluster answer"],
            Steps(json));
        JsonElement last = json.GetProperty("steps").EnumerateArray().Last();
        Assert.Equal("""[{"kind":"Service","namespace":"dns-playground","name":"secco"}]""", last.GetProperty("origins").GetRawText());
        Assert.True(last.GetProperty("took").GetDouble() >= 0);
        JsonElement cost = json.GetProperty("cost");
        Assert.Equal((0, 2), (cost.GetProperty("upstreamQuestions").GetInt32(), cost.GetProperty("podQuestions").GetInt32()));
        Assert.Empty(json.GetProperty("findings").EnumerateArray());
    }

    [Fact]
    public async Task Explanation_tells_which_upstream_was_asked_and_what_the_cache_has()
    {
        await using FakeUpstream upstream = FakeUpstream.Start(recordedZone: false);
        upstream.Add("www.example.com", 300, "A", "192.0.2.80");
        await using InspectHost host = await InspectHost.StartAsync(options => options.Forward.Servers = [upstream.Address]);

        JsonElement first = CacheStep((await host.GetAsync("/api/v1/explain?name=www.example.com.")).Json);
        JsonElement second = (await host.GetAsync("/api/v1/explain?name=www.example.com.")).Json;

        Assert.Equal("miss", first.GetProperty("state").GetString());
        JsonElement asked = Assert.Single(first.GetProperty("upstreams").EnumerateArray());
        Assert.Equal(upstream.Address, asked.GetProperty("server").GetString());
        Assert.True(asked.GetProperty("milliseconds").GetDouble() > 0);
        Assert.Equal(
            ("hit", 0),
            (CacheStep(second).GetProperty("state").GetString(), second.GetProperty("cost").GetProperty("upstreamQuestions").GetInt32()));
        Assert.InRange(CacheStep(second).GetProperty("left").GetDouble(), 240, 300);
        Assert.Equal("""[{"kind":"ForwardRule","name":"."}]""",
            second.GetProperty("steps").EnumerateArray().Last().GetProperty("origins").GetRawText());
    }

    [Fact]
    public async Task Entry_and_hosts_line_are_named_with_revision_and_line()
    {
        await using InspectHost host = await InspectHost.StartAsync();
        await host.PutAsync("db.corp.example", "A", """{"records":["10.0.0.5"]}""");

        JsonElement entry = LastOrigin((await host.GetAsync("/api/v1/explain?name=db.corp.example")).Json);
        JsonElement line = LastOrigin((await host.GetAsync("/api/v1/explain?name=dns-playground.external")).Json);

        Assert.Equal(("Entry", "db.corp.example.", 1),
            (entry.GetProperty("kind").GetString(), entry.GetProperty("name").GetString(), entry.GetProperty("revision").GetInt32()));
        Assert.EndsWith("infra/playground/hosts", line.GetProperty("file").GetString(), StringComparison.Ordinal);
        Assert.Equal(5, line.GetProperty("line").GetInt32());
    }

    /// <summary>A pod's view names the pod, and what is tried next is asked from there too.</summary>
    [Fact]
    public async Task Pod_is_where_a_name_is_seen_from()
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.GetAsync($"/api/v1/explain?name=seco&pod={Pod}");

        Assert.Equal(("pod", Pod), (Text(reply.Json, "view", "origin"), Text(reply.Json, "view", "pod")));
        JsonElement typo = Assert.Single(reply.Json.GetProperty("findings").EnumerateArray());
        Assert.Equal("typo", typo.GetProperty("kind").GetString());
        Assert.Contains($"&pod={Pod}'", typo.GetProperty("try")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData("text/plain", "text/plain")]
    [InlineData("text/*", "text/plain")]
    [InlineData("application/json;q=0.5, text/plain", "text/plain")]
    [InlineData("text/plain;q=0.5, application/json", "application/json")]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", "application/json")]
    [InlineData("text/plain;q=0, */*", "application/json")]
    [InlineData("rubbish;;;", "application/json")]
    public async Task Accept_chooses_between_text_and_json(string accept, string mediaType)
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.GetAsync("/api/v1/explain?name=secco&ns=dns-playground", ("Accept", accept));

        Assert.Equal((200, mediaType), (reply.Status, reply.MediaType));
        Assert.StartsWith(
            mediaType == "text/plain" ? "NOERROR   secco A is 10.101.195.184, says cluster.\n" : "{", reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 400, "no-question")]
    [InlineData("name=", 400, "bad-parameter")]
    [InlineData("name=a..b", 400, "bad-parameter")]
    [InlineData("name=a&type=NOTYPE", 400, "bad-parameter")]
    [InlineData("name=a&type=A,AAAA", 400, "bad-parameter")]
    [InlineData("name=a&name=b", 400, "bad-parameter")]
    [InlineData("name=a&nss=shop", 400, "bad-parameter")]
    [InlineData("name=a&ndots=16", 400, "bad-parameter")]
    [InlineData("name=a&search=1", 400, "bad-parameter")]
    [InlineData("name=a&ns=nowhere", 404, "unknown-namespace")]
    [InlineData("name=a&pod=dns-playground/nobody", 404, "unknown-pod")]
    public async Task Bad_question_is_refused_as_everywhere(string query, int status, string problem)
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.GetAsync($"/api/v1/explain?{query}");

        Assert.Equal((status, problem), (reply.Status, reply.Problem));
    }

    [Theory]
    [InlineData(64, 1, "has 64 octets, 63 at most")]
    [InlineData(60, 5, "the name has 306 octets, 255 at most")]
    public async Task Name_that_is_too_long_is_a_finding(int label, int labels, string evidence)
    {
        await using InspectHost host = await InspectHost.StartAsync();
        string name = string.Join('.', Enumerable.Repeat(new string('a', label), labels));

        InspectReply reply = await host.GetAsync($"/api/v1/explain?name={name}");

        JsonElement finding = Assert.Single(reply.Json.GetProperty("findings").EnumerateArray());
        Assert.Equal("too-long", finding.GetProperty("kind").GetString());
        Assert.Contains(evidence, finding.GetProperty("evidence")[0].GetString(), StringComparison.Ordinal);
        Assert.False(reply.Json.TryGetProperty("answer", out _));
    }

    /// <summary>It tells of names in all namespaces: it takes the right to look.</summary>
    [Fact]
    public async Task Explanation_takes_a_token()
    {
        await using InspectHost host = await InspectHost.StartAsync(
            management: new ManagementOptions { Tokens = [TestAccess.Token("secret")] });

        Assert.Equal(401, (await host.GetAsync("/api/v1/explain?name=secco")).Status);
        Assert.Equal(200, (await host.GetAsync("/api/v1/explain?name=secco", ("Authorization", "Bearer secret"))).Status);
    }

    [Fact]
    public async Task Head_has_no_body()
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.SendAsync("HEAD", "/api/v1/explain?name=secco&ns=dns-playground");

        Assert.Equal((200, ""), (reply.Status, reply.Body));
    }

    /// <summary>Every A record of the sample cluster whose service has somebody ready behind it: nothing is wrong with any.</summary>
    [Fact]
    public async Task Names_of_the_sample_cluster_that_are_well_have_no_findings()
    {
        await using InspectHost host = await InspectHost.StartAsync();
        string[] names = [.. (await host.GetAsync(
            "/api/v1/records?source=cluster&type=A&suffix=svc.cluster.local&limit=1000")).Json.GetProperty("rrsets")
            .EnumerateArray().Select(rrset => rrset.GetProperty("name").GetString()!)];
        var found = new List<string>();
        foreach (string name in names)
        {
            JsonElement json = (await host.GetAsync($"/api/v1/explain?name={name}")).Json;
            found.AddRange(
                json.GetProperty("findings").EnumerateArray().Select(finding => $"{name} {finding.GetProperty("kind").GetString()}"));
        }

        Assert.True(names.Length > 15, $"only {names.Length} names");
        Assert.All(found, one => Assert.EndsWith(" not-ready", one, StringComparison.Ordinal));
        Assert.DoesNotContain(found, one => one.Contains("dns-playground", StringComparison.Ordinal));
    }

    /// <summary>Over HTTP, from namespaces and pods: the answer in the explanation is the one that <c>/dns-query</c> gives.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("&ns=dns-playground")]
    [InlineData("&ns=spec")]
    [InlineData($"&pod={Pod}")]
    [InlineData("&ns=default&search=spec.svc.cluster.local&ndots=1")]
    public async Task Explained_answer_is_the_one_of_dns_query(string view)
    {
        await using InspectHost host = await InspectHost.StartAsync();
        string[] names = [
            "secco", "Secco", "zerocalcare.dns-playground", "headless", "balanced", "nobody", "secco.dns-playground.svc.cluster.local.",
            "localhost", "dns-playground.external",
        ];
        foreach (string name in names)
        {
            foreach (string type in new[] { "A", "AAAA", "SRV", "ANY" })
            {
                JsonElement asked = (await host.GetAsync($"/dns-query?name={name}&type={type}{view}", ("Accept", "application/json"))).Json;
                JsonElement explained = (await host.GetAsync($"/api/v1/explain?name={name}&type={type}{view}")).Json.GetProperty("answer");

                Assert.Equal(RcodeText.Write((Rcode)asked.GetProperty("Status").GetInt32()), explained.GetProperty("rcode").GetString());
                Assert.Equal(
                    asked.TryGetProperty("Answer", out JsonElement records)
                        ? records.EnumerateArray().Select(record => Record(record, "TTL"))
                        : [],
                    explained.GetProperty("answer").EnumerateArray().Select(record => Record(record, "ttl")));
            }
        }
    }

    private static string Record(JsonElement record, string ttl) =>
        $"{record.GetProperty("name")} {record.GetProperty(ttl)} {record.GetProperty("data")}";

    private static string? Text(JsonElement json, string part, string name) => json.GetProperty(part).GetProperty(name).GetString();

    private static JsonElement CacheStep(JsonElement json) =>
        json.GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("kind").GetString() == "cache").GetProperty("cache");

    private static JsonElement LastOrigin(JsonElement json) => json.GetProperty("steps").EnumerateArray().Last().GetProperty("origins")[0];

    private static IEnumerable<string> Steps(JsonElement json) => json.GetProperty("steps").EnumerateArray().Select(step =>
        step.TryGetProperty("source", out JsonElement source)
            ? $"source {source} {step.GetProperty("verdict")}"
            : step.GetProperty("kind").GetString()!);
}
