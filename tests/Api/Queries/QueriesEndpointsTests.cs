using System.Net;
using System.Text.Json;
using KubeDoH.Api.Queries;
using KubeDoH.Engine.Listeners;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Api.Queries;

/// <summary>What is asked, as events: filtered, bounded, told what was dropped, until the server stops or it is switched off.</summary>
public sealed class QueriesEndpointsTests
{
    private const string Secco = "secco.dns-playground.svc.cluster.local.", Nobody = "nobody.default.svc.cluster.local.";

    [Fact]
    public async Task Event_says_what_was_asked_and_what_became_of_it_and_not_who_asked()
    {
        await using QueriesHost host = await QueriesHost.StartAsync();
        using QueryReader events = await host.FollowAsync();
        await host.AskAsync("secco", "&ns=dns-playground");

        (string name, JsonElement data) = (await events.NextAsync())!.Value;

        Assert.Equal(QueryStream.Asked, name);
        Assert.Equal(
            """secco. A NOERROR cluster dns-playground https""",
            string.Join(' ', ((string[])["name", "type", "rcode", "source", "namespace", "proto"]).Select(
                member => data.GetProperty(member).GetString())));
        Assert.True(data.GetProperty("size").GetInt32() > 0);
        Assert.True(data.GetProperty("milliseconds").GetDouble() >= 0);
        Assert.False(data.TryGetProperty("client", out _));
    }

    [Fact]
    public async Task Event_says_who_asked_where_that_is_configured()
    {
        await using QueriesHost host = await QueriesHost.StartAsync(new QueriesOptions { Clients = true });
        using QueryReader events = await host.FollowAsync();
        await host.AskAsync("secco", "&ns=dns-playground");
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse("localhost").Span, RecordType.A);
        Answer answer = LocalAnswers.Failure("special", Rcode.Refused, ExtendedErrorCode.Other, "no");
        ReplyReport report = host.Classic("dns://:53", "udp");
        report(query, answer, new ClientEndPoint(AddressKey.Of(IPAddress.Parse("192.0.2.7")), 4660), 12, TimeSpan.FromMilliseconds(1));

        Assert.Equal("127.0.0.1", (await events.NextAsync())!.Value.Data.GetProperty("client").GetString());
        Assert.Equal("192.0.2.7", (await events.NextAsync())!.Value.Data.GetProperty("client").GetString());
    }

    [Theory]
    [InlineData("dns://:53", "udp", "udp")]
    [InlineData("dns://:53", "tcp", "tcp")]
    [InlineData("tls://:853", "tcp", "tls")]
    public async Task Classic_listeners_are_seen_by_what_they_speak(string server, string proto, string shown)
    {
        await using QueriesHost host = await QueriesHost.StartAsync();
        using QueryReader events = await host.FollowAsync("?slower=20ms");
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse("a.example").Span, RecordType.A);
        Answer answer = LocalAnswers.Failure("forward", Rcode.ServFail, ExtendedErrorCode.Other, "no");
        ReplyReport report = host.Classic(server, proto);
        report(query, answer, default, 12, TimeSpan.FromMilliseconds(19));
        report(query, answer, default, 12, TimeSpan.FromMilliseconds(20));

        JsonElement data = (await events.NextAsync())!.Value.Data;
        Assert.Equal((shown, 20.0), (data.GetProperty("proto").GetString(), data.GetProperty("milliseconds").GetDouble()));
    }

    [Theory]
    [InlineData("?suffix=DEFAULT.svc.cluster.local", Nobody)]
    [InlineData("?rcode=nxdomain", Nobody)]
    [InlineData("?source=special", "localhost.")]
    [InlineData("?namespace=dns-playground", "secco.")]
    [InlineData("?suffix=cluster.local&rcode=NOERROR", Secco)]
    public async Task Filters_choose_and_add_up(string filter, string expected)
    {
        await using QueriesHost host = await QueriesHost.StartAsync();
        using QueryReader events = await host.FollowAsync(filter);
        using QueryReader all = await host.FollowAsync();
        await host.AskAsync("localhost");
        await host.AskAsync(Nobody);
        await host.AskAsync("secco", "&ns=dns-playground");
        await host.AskAsync(Secco);
        await all.NamesAsync(4);
        await host.AskAsync(expected.TrimEnd('.'), expected == "secco." ? "&ns=dns-playground" : "");

        Assert.Equal([expected, expected], await events.NamesAsync(2));
    }

    [Theory]
    [InlineData("?suffix=a..b", "suffix")]
    [InlineData("?namespace=A_B", "namespace")]
    [InlineData("?rcode=NOPE", "NOPE")]
    [InlineData("?source=upstream", "upstream")]
    [InlineData("?slower=soon", "slower must be a duration")]
    [InlineData("?slower=0ms", "slower must be a duration")]
    [InlineData("?name=a", "no parameter 'name'")]
    [InlineData("/summary?minutes=11", "minutes must lie between 1 and 10")]
    [InlineData("/summary?limit=0", "limit must lie between 1 and 32")]
    public async Task Parameter_that_is_none_is_400(string parameter, string said)
    {
        await using QueriesHost host = await QueriesHost.StartAsync();

        (int status, JsonElement json) = await host.GetAsync("/api/v1/queries" + parameter);

        Assert.Equal(400, status);
        Assert.Contains(said, json.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    /// <summary>Time stands still, and with it the pace: after the first there is room for so many and no more.</summary>
    [Fact]
    public async Task What_there_is_no_room_for_is_counted_and_told_and_nothing_is_lost_besides()
    {
        const int Questions = 3000;
        await using QueriesHost host = await QueriesHost.StartAsync();
        using QueryReader events = await host.FollowAsync();
        ReplyReport report = host.Classic("dns://:53", "udp");
        Parallel.For(0, Questions, _ => Report(report, "a.example"));

        long seen = 0, dropped = 0;
        while (seen + dropped < Questions)
        {
            (string name, JsonElement data) = (await events.NextAsync())!.Value;
            if (name == QueryStream.Asked) seen++;
            else dropped += data.GetProperty("count").GetInt64();
        }

        Assert.Equal(Questions, seen + dropped);
        Assert.InRange(seen, QueryListener.Room, 4 * QueryListener.Room);
    }

    /// <summary>
    /// Who takes nothing at all costs the others nothing: their events come, and what waits for the slow one has a bound.
    /// </summary>
    [Fact]
    public async Task Slow_listener_holds_up_nobody()
    {
        await using QueriesHost host = await QueriesHost.StartAsync();
        QueryListener slow = host.Watch.TryListen(new QueryFilter())!;
        using QueryReader quick = await host.FollowAsync();
        ReplyReport report = host.Classic("dns://:53", "udp");
        for (int i = 0; i < 1000; i++)
        {
            Report(report, $"n{i}.example");
            Assert.Equal([$"n{i}.example."], await quick.NamesAsync(1));
        }

        Assert.Equal(1000 - QueryListener.Room, slow.TakeDropped());
        Assert.Equal(QueryListener.Room, slow.Questions.Count);
    }

    [Fact]
    public async Task Listeners_have_so_many_places_and_leave_theirs()
    {
        await using QueriesHost host = await QueriesHost.StartAsync();
        QueryListener[] taken = [.. Enumerable.Range(0, QueryWatch.Places - 1).Select(_ => host.Watch.TryListen(new QueryFilter())!)];
        QueryReader last = await host.FollowAsync();
        (int status, JsonElement json) = await host.GetAsync("/api/v1/queries");
        last.Dispose();
        QueryListener? left;
        while ((left = host.Watch.TryListen(new QueryFilter())) is null) await Task.Yield();

        Assert.Equal((503, "/problems/too-many-streams"), (status, json.GetProperty("type").GetString()));
        Assert.DoesNotContain(left, taken);
        Assert.Null(host.Watch.TryListen(new QueryFilter()));
    }

    [Fact]
    public async Task Quiet_stream_shows_that_it_is_alive()
    {
        await using QueriesHost host = await QueriesHost.StartAsync();
        using QueryReader events = await host.FollowAsync();

        Assert.Equal(":", (await events.NextAsync(life: true))?.Event);
        Assert.Equal(":", (await events.NextAsync(life: true))?.Event);
        await host.AskAsync("localhost");
        Assert.Equal(["localhost."], await events.NamesAsync(1));
    }

    [Fact]
    public async Task Stream_ends_when_the_server_stops()
    {
        await using QueriesHost host = await QueriesHost.StartAsync();
        using QueryReader events = await host.FollowAsync();

        Task stopping = host.StopAsync();

        Assert.Null(await events.NextAsync());
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Where_names_are_private_nothing_is_shown_and_nothing_is_kept()
    {
        await using QueriesHost host = await QueriesHost.StartAsync();
        using QueryReader events = await host.FollowAsync();
        await host.AskAsync("localhost");
        await events.NamesAsync(1);

        host.Watch.Apply(new QueriesOptions { Enabled = false });

        Assert.Null(await events.NextAsync());
        Assert.Null(host.Watch.Summary);
        foreach (string path in (string[])["/api/v1/queries", "/api/v1/queries/summary"])
        {
            (int status, JsonElement json) = await host.GetAsync(path);
            Assert.Equal((404, "/problems/queries-off"), (status, json.GetProperty("type").GetString()));
            Assert.Contains("Queries:Enabled", json.GetProperty("detail").GetString()!, StringComparison.Ordinal);
        }

        host.Watch.Apply(new QueriesOptions());
        Assert.Equal(0, (await host.GetAsync("/api/v1/queries/summary")).Json.GetProperty("questions").GetInt64());
    }

    [Fact]
    public async Task Summary_alone_can_be_off()
    {
        await using QueriesHost host = await QueriesHost.StartAsync(new QueriesOptions { Summary = false });
        using QueryReader events = await host.FollowAsync();
        await host.AskAsync("localhost");

        (int status, JsonElement json) = await host.GetAsync("/api/v1/queries/summary");

        Assert.Equal(404, status);
        Assert.Contains("Queries:Summary", json.GetProperty("detail").GetString()!, StringComparison.Ordinal);
        Assert.Equal(["localhost."], await events.NamesAsync(1));
    }

    [Fact]
    public async Task Summary_tells_of_what_was_asked()
    {
        await using QueriesHost host = await QueriesHost.StartAsync();
        for (int i = 0; i < 3; i++) await host.AskAsync("localhost");
        for (int i = 0; i < 2; i++) await host.AskAsync(Nobody);
        await host.AskAsync(Secco);

        JsonElement json = (await host.GetAsync("/api/v1/queries/summary?limit=2")).Json;

        Assert.Equal((6, 0), (json.GetProperty("questions").GetInt32(), json.GetProperty("uncounted").GetInt32()));
        Assert.Equal(
            $$"""[{"name":"localhost.","count":3,"atLeast":3},{"name":"{{Nobody}}","count":2,"atLeast":2}]""",
            json.GetProperty("top").GetRawText());
        Assert.Equal($$"""[{"name":"{{Nobody}}","count":2,"atLeast":2}]""", json.GetProperty("nxDomain").GetRawText());
    }

    private static void Report(ReplyReport report, string name)
    {
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(name).Span, RecordType.A);
        report(query, LocalAnswers.Failure("forward", Rcode.ServFail, ExtendedErrorCode.Other, "no"),
            default, 12, TimeSpan.FromMilliseconds(1));
    }
}
