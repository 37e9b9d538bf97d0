using KubeDoH.Api.Hosting;
using KubeDoH.Tests.Api.Access;

namespace KubeDoH.Tests.Api.Entries;

/// <summary>The history over HTTP: who, when, from where, before and after.</summary>
public sealed class EntryHistoryTests : IAsyncLifetime
{
    private const string Path = "/api/v1/entry-history";
    private const string Secret = "a-token-that-nobody-may-read";

    private EntryHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await EntryHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Change_is_told_with_who_made_it_when_from_where_and_what_was_before()
    {
        Reply created = await PutAsync("a.example", "192.0.2.1");
        _host.Time.Advance(TimeSpan.FromSeconds(5));
        Reply replaced = await _host.SendAsync("PATCH", "/a.example/A", """{"records":["192.0.2.2"]}""");
        await _host.SendAsync("DELETE", "/a.example/A");

        Reply history = await _host.SendAsync("GET", Path);
        System.Text.Json.JsonElement[] changes = [.. history.Json.GetProperty("changes").EnumerateArray()];

        Assert.Equal(["deleted", "replaced", "created"], changes.Select(c => c.GetProperty("change").GetString()));
        Assert.All(changes, c => Assert.Equal("""{"name":"loopback","address":"127.0.0.1"}""", c.GetProperty("by").GetRawText()));
        Assert.All(changes, c => Assert.Equal("a.example. A", $"{c.GetProperty("name").GetString()} {c.GetProperty("type").GetString()}"));
        Assert.Equal("2026-11-23T09:00:05+00:00", changes[1].GetProperty("at").GetString());
        Assert.Equal(created.Body, changes[1].GetProperty("before").GetRawText());
        Assert.Equal(replaced.Body, changes[1].GetProperty("after").GetRawText());
        Assert.Equal((false, false), (changes[2].TryGetProperty("before", out _), changes[0].TryGetProperty("after", out _)));
        Assert.Equal($"\"{changes[2].GetProperty("revision").GetInt64()}\"", created.Tag);
    }

    [Fact]
    public async Task Token_is_named_and_never_shown()
    {
        await using EntryHost host = await EntryHost.StartAsync(
            new ManagementOptions { Tokens = [TestAccess.Token("another"), TestAccess.Token(Secret, name: "ci")] });
        (string, string)[] own = [("Authorization", $"Bearer {Secret}")];
        await host.SendAsync("PUT", "/a.example/A", """{"records":["192.0.2.1"]}""", own);

        Reply history = await host.SendAsync("GET", Path, null, own);

        Assert.Contains("\"by\":{\"name\":\"ci\",\"address\":\"127.0.0.1\"}", history.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, history.Body, StringComparison.Ordinal);
        Assert.Equal(401, (await host.SendAsync("GET", Path)).Status);
    }

    [Theory]
    [InlineData("", "e4 b3 a2 a1")]
    [InlineData("?name=A.example", "a2 a1")]
    [InlineData("?type=TXT", "e4")]
    [InlineData("?by=loopback", "e4 b3 a2 a1")]
    [InlineData("?by=expiry", "")]
    [InlineData("?since=2026-11-23T09:00:02Z", "e4 b3 a2")]
    [InlineData("?since=2026-11-23T10:00:02.0001%2B01:00", "e4 b3")]
    [InlineData("?until=2026-11-23T09:00:02Z", "a1")]
    [InlineData("?since=2026-11-23T09:00:02Z&until=2026-11-23T09:00:03Z&name=a.example", "a2")]
    [InlineData("?limit=2", "e4 b3")]
    public async Task Filters_add_up(string query, string expected)
    {
        await FillAsync();

        Assert.Equal(expected, Comments(await _host.SendAsync("GET", Path + query)));
    }

    [Fact]
    public async Task Pages_lead_on_by_link_until_the_end()
    {
        await FillAsync();
        List<string> seen = [];
        for (string? next = Path + "?limit=2&by=loopback"; next is not null;)
        {
            Reply page = await _host.SendAsync("GET", next);
            seen.Add(Comments(page));
            next = page.Link?[1..page.Link.IndexOf('>', StringComparison.Ordinal)];
        }

        Assert.Equal(["e4 b3", "a2 a1"], seen);
    }

    [Theory]
    [InlineData("?name=a..b")]
    [InlineData("?type=NONE")]
    [InlineData("?since=yesterday")]
    [InlineData("?until=x")]
    [InlineData("?limit=0")]
    [InlineData("?cursor=-1")]
    [InlineData("?suffix=example")]
    [InlineData("?author=loopback")]
    public async Task Parameter_that_is_none_is_400(string query)
    {
        Reply reply = await _host.SendAsync("GET", Path + query);

        Assert.Equal((400, "bad-parameter"), (reply.Status, reply.Problem));
    }

    private async Task FillAsync()
    {
        foreach ((string key, string record, string comment) in new[]
        {
            ("a.example/A", "192.0.2.1", "a1"), ("a.example/A", "192.0.2.2", "a2"), ("b.example/A", "192.0.2.3", "b3"),
            ("e.example/TXT", "x", "e4"),
        })
        {
            _host.Time.Advance(TimeSpan.FromSeconds(1));
            await _host.SendAsync("PUT", $"/{key}", $$"""{"records":["{{record}}"],"comment":"{{comment}}"}""");
        }
    }

    private Task<Reply> PutAsync(string name, string address) => _host.SendAsync("PUT", $"/{name}/A", $$"""{"records":["{{address}}"]}""");

    private static string Comments(Reply reply) => string.Join(' ', reply.Json.GetProperty("changes").EnumerateArray()
        .Select(change => change.GetProperty("after").GetProperty("comment").GetString()));
}
