namespace KubeDoH.Tests.Api.Entries;

public sealed class EntryEndpointsTests : IAsyncLifetime
{
    private const string Body = """{"records":["192.0.2.1"]}""";

    private EntryHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await EntryHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Put_creates_then_replaces_and_get_shows_it_in_canonical_form()
    {
        Reply created = await _host.SendAsync("PUT", "/DB.corp.example/a", """{"ttl":5,"records":["192.0.2.2","192.0.2.1"],"labels":{"team":"data"}}""");
        Reply replaced = await _host.SendAsync("PUT", "/db.corp.example./A", created.Body);
        Reply changed = await _host.SendAsync("PUT", "/db.corp.example./A", Body);
        Reply got = await _host.SendAsync("GET", "/db.corp.example/A");
        Reply head = await _host.SendAsync("HEAD", "/db.corp.example/A");

        Assert.Equal((201, 200, 200, 200, 200), (created.Status, replaced.Status, changed.Status, got.Status, head.Status));
        Assert.Equal("/api/v1/entries/db.corp.example./A", created.Location);
        Assert.Equal("db.corp.example.", created.Json.GetProperty("name").GetString());
        Assert.Equal(["192.0.2.1", "192.0.2.2"], created.Json.GetProperty("records").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal("2026-11-23T09:00:00+00:00", created.Json.GetProperty("createdAt").GetString());
        Assert.Equal(created.Tag, replaced.Tag);
        Assert.Equal((changed.Tag, changed.Body), (got.Tag, got.Body));
        Assert.Equal((got.Tag, ""), (head.Tag, head.Body));
        Assert.NotEqual(created.Tag, changed.Tag);
    }

    [Fact]
    public async Task Member_that_stands_twice_is_refused_as_nobody_knows_which_is_meant()
    {
        Reply twice = await _host.SendAsync("PUT", "/db.corp.example/A", """{"records":["192.0.2.1"],"records":["192.0.2.2"]}""");

        Assert.Equal(400, twice.Status);
        Assert.Contains("stands twice", twice.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/*.wild.example/A", "*.wild.example.")]
    [InlineData("/%2A.wild.example/A", "*.wild.example.")]
    [InlineData("/_srv._tcp.a.example/A", "_srv._tcp.a.example.")]
    [InlineData("/0%2F25.2.0.192.in-addr.arpa/A", "0/25.2.0.192.in-addr.arpa.")]
    [InlineData("/0%2f25.2.0.192.in-addr.arpa/A", "0/25.2.0.192.in-addr.arpa.")]
    [InlineData("/b%C3%BCcher.example/A", "xn--bcher-kva.example.")]
    [InlineData("/a%5C.b.example/A", "a\\.b.example.")]
    [InlineData("/a%5C200.example/A", "a\\200.example.")]
    [InlineData("/a%25b.example/A", "a%b.example.")]
    [InlineData("/a%252fb.example/A", "a%2fb.example.")]
    [InlineData("/a%252fb%2fc.example/A", "a%2fb/c.example.")]
    [InlineData("/db/A", "db.")]
    public async Task Name_that_troubles_urls_is_found_again_under_its_location(string path, string name)
    {
        Reply created = await _host.SendAsync("PUT", path, Body);
        Reply got = await _host.SendAsync("GET", created.Location!["/api/v1/entries".Length..]);

        Assert.Equal((201, 200), (created.Status, got.Status));
        Assert.Equal(name, got.Json.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("GET", "/a.example/A", "If-None-Match", "{tag}", 304)]
    [InlineData("GET", "/a.example/A", "If-None-Match", "W/{tag}", 304)]
    [InlineData("GET", "/a.example/A", "If-None-Match", "\"x\"", 200)]
    [InlineData("PUT", "/a.example/A", "If-None-Match", "*", 412)]
    [InlineData("PUT", "/b.example/A", "If-None-Match", "*", 201)]
    [InlineData("PUT", "/a.example/A", "If-Match", "{tag}", 200)]
    [InlineData("PUT", "/a.example/A", "If-Match", "\"9\", {tag}", 200)]
    [InlineData("PUT", "/a.example/A", "If-Match", "W/{tag}", 412)]
    [InlineData("PUT", "/a.example/A", "If-Match", "\"x\"", 412)]
    [InlineData("PUT", "/a.example/A", "If-Match", "*", 200)]
    [InlineData("PUT", "/b.example/A", "If-Match", "*", 412)]
    [InlineData("PUT", "/a.example/A", "If-Match", "1", 400)]
    [InlineData("DELETE", "/a.example/A", "If-Match", "{tag}", 204)]
    [InlineData("DELETE", "/a.example/A", "If-Match", "\"77\"", 412)]
    [InlineData("DELETE", "/b.example/A", "If-Match", "*", 412)]
    [InlineData("DELETE", "/a.example", "If-Match", "{tag}", 400)]
    [InlineData("DELETE", "/a.example/A", "Accept", "*/*", 204)]
    [InlineData("DELETE", "/a.example", "Accept", "*/*", 204)]
    [InlineData("DELETE", "/b.example/A", "Accept", "*/*", 404)]
    [InlineData("DELETE", "/b.example", "Accept", "*/*", 404)]
    [InlineData("GET", "/b.example/A", "Accept", "*/*", 404)]
    [InlineData("GET", "/b.example", "Accept", "*/*", 404)]
    [InlineData("GET", "/a..example/A", "Accept", "*/*", 400)]
    [InlineData("GET", "/%FF.example/A", "Accept", "*/*", 400)]
    [InlineData("GET", "/a%C3.example", "Accept", "*/*", 400)]
    [InlineData("GET", "/a.example/NONE", "Accept", "*/*", 400)]
    [InlineData("POST", "/a.example/A", "Accept", "*/*", 405)]
    public async Task Condition_decides_the_status(string method, string path, string header, string value, int expected)
    {
        Reply created = await _host.SendAsync("PUT", "/a.example/A", Body);
        string sent = value.Replace("{tag}", created.Tag, StringComparison.Ordinal);

        Reply reply = await _host.SendAsync(method, path, method == "PUT" ? """{"records":["192.0.2.9"]}""" : null, (header, sent));

        Assert.Equal(expected, reply.Status);
    }

    [Theory]
    [InlineData("""{"records":["192.0.2.1"],"tll":5}""", 400, "bad-body", "/tll")]
    [InlineData("""{"records":["192.0.2.1"],"name":"b.example"}""", 400, "bad-body", "/name")]
    [InlineData("""{"records":["192.0.2.1"],"type":"AAAA"}""", 400, "bad-body", "/type")]
    [InlineData("""{"records":["192.0.2.1"],"ttl":"5"}""", 400, "bad-body", "/ttl")]
    [InlineData("""{"records":["192.0.2.1",5]}""", 400, "bad-body", "/records/1")]
    [InlineData("""{"records":["192.0.2.1"],}""", 400, "bad-body", "")]
    [InlineData("""{"records":["192.0""", 400, "bad-body", "")]
    [InlineData("""{"records":["192.0.2.1"],"expiresAt":"soon"}""", 400, "bad-body", "/expiresAt")]
    [InlineData("""{}""", 422, "invalid-entry", "/records")]
    [InlineData("""{"records":["192.0.2.1",null]}""", 422, "invalid-entry", "/records/1")]
    [InlineData("""{"records":["192.0.2.1","x"],"ttl":-1}""", 422, "invalid-entry", "/records/1,/ttl")]
    public async Task Body_with_a_fault_gets_a_problem_that_points_at_it(string body, int status, string problem, string pointers)
    {
        Reply reply = await _host.SendAsync("PUT", "/a.example/A", body);

        Assert.Equal((status, problem), (reply.Status, reply.Problem));
        Assert.Equal(pointers.Split(','), reply.Pointers.Order(StringComparer.Ordinal));
        Assert.DoesNotContain("System.", reply.Body, StringComparison.Ordinal);
        Assert.Equal(404, (await _host.SendAsync("GET", "/a.example/A")).Status);
    }

    [Fact]
    public async Task Malformed_json_is_told_by_line_and_byte()
    {
        Reply reply = await _host.SendAsync("PUT", "/a.example/A", "{\n  \"ttl\": x}");

        Assert.Contains("line 2, byte 10", reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task Body_that_is_no_object_is_400(string body) =>
        Assert.Equal(400, (await _host.SendAsync("PUT", "/a.example/A", body)).Status);

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/json; charset=utf-8", 201)]
    [InlineData("Application/JSON", 201)]
    public async Task Content_type_must_be_json(string contentType, int expected) =>
        Assert.Equal(expected, (await _host.SendAsync("PUT", "/a.example/A", Body, ("Content-Type", contentType))).Status);

    [Fact]
    public async Task Body_over_a_mebibyte_is_413()
    {
        Reply reply = await _host.SendAsync("PUT", "/a.example/A", $$"""{"records":["192.0.2.1"],"comment":"{{new string('x', 1024 * 1024)}}"}""");

        Assert.Equal((413, "too-large"), (reply.Status, reply.Problem));
    }

    [Theory]
    [InlineData("/a.*.example/A", 409, "wildcard-position")]
    [InlineData("/kubernetes.default.svc.cluster.local/A", 409, "shadows-cluster-zone")]
    [InlineData("/kubernetes.default.svc.cluster.local/A?override=true", 201, null)]
    [InlineData("/a.example/A?override=yes", 400, "bad-parameter")]
    [InlineData("/a.example/A?dryRun=1", 400, "bad-parameter")]
    [InlineData("/a.example/A?dryRn=true", 400, "bad-parameter")]
    [InlineData("/a.example/TYPE200", 409, "type-not-allowed")]
    public async Task Rule_of_the_name_decides_the_status(string path, int status, string? problem)
    {
        Reply reply = await _host.SendAsync(
            "PUT", path, path.Contains("TYPE", StringComparison.Ordinal) ? """{"records":["\\# 0"]}""" : Body);

        Assert.Equal(status, reply.Status);
        if (problem is not null) Assert.Equal(problem, reply.Problem);
    }

    [Fact]
    public async Task Alias_beside_another_type_is_409_both_ways()
    {
        await _host.SendAsync("PUT", "/a.example/A", Body);
        Reply alias = await _host.SendAsync("PUT", "/a.example/CNAME", """{"records":["b.example"]}""");
        await _host.SendAsync("PUT", "/c.example/CNAME", """{"records":["b.example"]}""");
        Reply address = await _host.SendAsync("PUT", "/c.example/A", Body);

        Assert.Equal((409, "cname-exclusive", 409, "cname-exclusive"), (alias.Status, alias.Problem, address.Status, address.Problem));
    }

    [Fact]
    public async Task Dry_run_says_the_same_and_stores_nothing()
    {
        Reply put = await _host.SendAsync("PUT", "/a.example/A?dryRun=true", Body);
        Reply refused = await _host.SendAsync("PUT", "/a.example/A?dryRun=true", "{}");
        Reply got = await _host.SendAsync("GET", "/a.example/A");
        await _host.SendAsync("PUT", "/a.example/A", Body);
        Reply deleted = await _host.SendAsync("DELETE", "/a.example/A?dryRun=true");

        Assert.Equal((201, true, null), (put.Status, put.DryRun, put.Tag));
        Assert.Equal((422, true), (refused.Status, refused.DryRun));
        Assert.Equal(404, got.Status);
        Assert.Equal((204, true), (deleted.Status, deleted.DryRun));
        Assert.Equal(200, (await _host.SendAsync("GET", "/a.example/A")).Status);
    }

    [Theory]
    [InlineData("", "example./TXT a.example./A a.example./TXT x.a.example./A z.test./A")]
    [InlineData("?name=A.example", "a.example./A a.example./TXT")]
    [InlineData("?suffix=a.example", "a.example./A a.example./TXT x.a.example./A")]
    [InlineData("?type=txt", "example./TXT a.example./TXT")]
    [InlineData("?q=HELLO", "a.example./TXT")]
    [InlineData("?label=team", "a.example./TXT x.a.example./A")]
    [InlineData("?label=team=data", "x.a.example./A")]
    [InlineData("?label=team&label=tier=", "a.example./TXT")]
    [InlineData("?source=api&type=txt", "example./TXT a.example./TXT")]
    [InlineData("?source=hosts-office", "")]
    [InlineData("?namespace=shop", "x.a.example./A")]
    [InlineData("?enabled=false", "example./TXT")]
    [InlineData("?enabled=true&name=example", "")]
    [InlineData("?q=192.0.2", "a.example./A x.a.example./A z.test./A")]
    [InlineData("?type=a&suffix=example", "a.example./A x.a.example./A")]
    public async Task List_holds_what_the_filter_says_in_canonical_order(string query, string expected)
    {
        await FillAsync();

        Assert.Equal(expected, Names(await _host.SendAsync("GET", query)));
    }

    [Theory]
    [InlineData("?name=a..b")]
    [InlineData("?suffix=a..b")]
    [InlineData("?type=none")]
    [InlineData("?limit=0")]
    [InlineData("?limit=1001")]
    [InlineData("?cursor=x")]
    [InlineData("?label==x")]
    [InlineData("?namespace=Shop!")]
    [InlineData("?enabled=1")]
    public async Task List_with_a_bad_parameter_is_400(string query) =>
        Assert.Equal(400, (await _host.SendAsync("GET", query)).Status);

    [Fact]
    public async Task List_goes_on_by_link_until_the_end()
    {
        await FillAsync();
        List<string> seen = [];
        string? next = "?suffix=example&limit=2";
        while (next is not null)
        {
            Reply page = await _host.SendAsync("GET", next);
            seen.Add(Names(page));
            next = page.Link?.Split('>')[0]["</api/v1/entries".Length..];
        }

        Assert.Equal(["example./TXT a.example./A", "a.example./TXT x.a.example./A"], seen);
    }

    [Fact]
    public async Task Tag_of_a_list_changes_with_every_write_and_with_expiry()
    {
        await _host.SendAsync("PUT", "/a.example/A", """{"records":["192.0.2.1"],"expiresAt":"2026-11-23T09:00:10Z"}""");
        Reply first = await _host.SendAsync("GET", "");
        Reply same = await _host.SendAsync("GET", "", null, ("If-None-Match", first.Tag!));
        await _host.SendAsync("PUT", "/b.example/A", Body);
        Reply written = await _host.SendAsync("GET", "", null, ("If-None-Match", first.Tag!));
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        Reply expired = await _host.SendAsync("GET", "", null, ("If-None-Match", written.Tag!));

        Assert.Equal((200, 304, 200, 200), (first.Status, same.Status, written.Status, expired.Status));
        Assert.Equal("b.example./A", Names(expired));
        Assert.Equal(404, (await _host.SendAsync("GET", "/a.example/A")).Status);
    }

    [Fact]
    public async Task Name_lists_and_deletes_all_its_types()
    {
        await FillAsync();
        Reply listed = await _host.SendAsync("GET", "/a.example");
        Reply deleted = await _host.SendAsync("DELETE", "/a.example");

        Assert.Equal("a.example./A a.example./TXT", Names(listed));
        Assert.Equal(204, deleted.Status);
        Assert.Equal("example./TXT x.a.example./A z.test./A", Names(await _host.SendAsync("GET", "")));
    }

    [Fact]
    public async Task Written_entry_is_in_the_view_when_the_reply_comes()
    {
        for (int i = 0; i < 200; i++)
        {
            await _host.SendAsync("PUT", "/a.example/A", $$"""{"records":["10.0.0.{{i}}"]}""");
            Assert.Equal($"10.0.0.{i}", _host.View.At(Engine.Wire.DnsName.Parse("a.example"))[0].Records[0].Text);
        }
    }

    private async Task FillAsync()
    {
        await _host.SendAsync("PUT", "/z.test/A", Body);
        await _host.SendAsync("PUT", "/x.a.example/A", """{"records":["192.0.2.1"],"namespaces":["shop"],"labels":{"team":"data"}}""");
        await _host.SendAsync("PUT", "/a.example/TXT", """{"records":["hello"],"labels":{"team":"web","tier":""}}""");
        await _host.SendAsync("PUT", "/a.example/A", Body);
        await _host.SendAsync("PUT", "/example/TXT", """{"records":["x"],"enabled":false}""");
    }

    private static string Names(Reply reply) => string.Join(' ', reply.Json.GetProperty("entries").EnumerateArray()
        .Select(e => $"{e.GetProperty("name").GetString()}/{e.GetProperty("type").GetString()}"));
}
