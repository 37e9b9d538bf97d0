using KubeDoH.Api.Entries;
using KubeDoH.Api.Hosting;
using KubeDoH.Tests.Api.Entries;
using KubeDoH.Tests.Api.Queries;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Api.Access;

/// <summary>A stream goes on for as long as its caller may, and not much longer.</summary>
public sealed class OpenStreamsTests : IDisposable
{
    private const string Secret = "s3cret";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The token as it is when the stream begins and as it is later; empty where it is gone.</summary>
    [Theory]
    [InlineData("entries:read", "")]
    [InlineData("entries:read", "inspect")]
    [InlineData("entries:read", "entries:read suffix=lab.example")]
    [InlineData("entries:read suffix=team.example", "entries:read suffix=lab.example")]
    [InlineData("entries:read namespace=shop", "entries:read namespace=ops")]
    [InlineData("entries:read expires=2026-11-23T09:00:03Z", "entries:read expires=2026-11-23T09:00:03Z")]
    public async Task Changes_of_entries_end_soon_when_the_token_allows_them_no_more(string before, string after)
    {
        await using EntryHost host = await EntryHost.StartAsync(Tokens(before));
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Secret);
        using EventReader events = await EventReader.OpenAsync(host.Client);
        Assert.NotNull(await events.NextAsync());

        Tokens(after);
        host.Time.Advance(Soon);

        Assert.Null(await events.NextAsync());
    }

    /// <summary>That the file was written, and that the token has a right more, is no reason to end.</summary>
    [Theory]
    [InlineData("entries:read entries:write", "entries:read entries:write inspect")]
    [InlineData(
        "entries:read entries:write suffix=team.example namespace=shop", "entries:read entries:write suffix=team.example namespace=shop")]
    public async Task Changes_of_entries_go_on_while_the_token_allows_them(string before, string after)
    {
        await using EntryHost host = await EntryHost.StartAsync(Tokens(before));
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Secret);

        await AssertGoesOnAsync(host, () => Tokens(after));
    }

    [Fact]
    public async Task Changes_of_entries_go_on_where_nobody_has_a_token()
    {
        await using EntryHost host = await EntryHost.StartAsync();

        await AssertGoesOnAsync(host, () => { });
    }

    [Fact]
    public async Task Questions_end_when_the_token_is_gone()
    {
        await using QueriesHost host = await QueriesHost.StartAsync(management: Tokens("inspect"));
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", Secret);
        using QueryReader events = await host.FollowAsync();
        await host.AskAsync("localhost");
        Assert.Equal(["localhost."], await events.NamesAsync(1));

        Tokens("");

        // The reader moves the time on: signs of life are not to be counted on, nor for ever.
        int signs = 0;
        while (signs < 20 && await events.NextAsync(life: true) is not null) signs++;
        Assert.InRange(signs, 0, 19);
    }

    private static async Task AssertGoesOnAsync(EntryHost host, Action change)
    {
        using EventReader events = await EventReader.OpenAsync(host.Client);
        Assert.NotNull(await events.NextAsync());
        change();
        host.Time.Advance(Soon);
        host.Time.Advance(EventStream.Heartbeat);
        Assert.Equal([":"], await events.NextAsync(1));

        Reply written = await host.SendAsync("PUT", "/web.team.example/A", """{"records":["192.0.2.1"],"namespaces":["shop"]}""");

        Assert.Equal(201, written.Status);
        Assert.Equal(["created web.team.example. 192.0.2.1 #1"], await events.NextAsync(1));
    }

    /// <summary>Writes the file, which has another token besides.</summary>
    private ManagementOptions Tokens(string words)
    {
        string other = $"{TestAccess.Token("another", "inspect", "other")}\n";
        return new ManagementOptions { TokenFile = _folder.Write(
            "tokens", words.Length == 0 ? other : $"{other}{TestAccess.Token(Secret, words)}\n") };
    }
}
