using KubeDoH.Api.Hosting.Access;
using KubeDoH.Engine;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Tests.Fakes;
using KubeDoH.Tests.Files;
using static System.StringComparison;

namespace KubeDoH.Tests.Operation;

/// <summary>Settings that change while questions are answered.</summary>
public sealed class ConfigurationReloadTests : IDisposable
{
    private const string Web = "web.example";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Change_is_in_force_with_the_next_question()
    {
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\""));
        Assert.Equal("NOERROR 30:192.0.2.1", await host.AskAsync(Web));

        await host.ChangeAsync(Settings("\"192.0.2.2 web.example\"", ttl: 60));

        Assert.Equal("NOERROR 60:192.0.2.2", await host.AskAsync(Web));
        Assert.Equal((1, 0), (host.Live.Reloads, host.Live.Failures));
        Assert.Equal(["Information: Configuration: read again, and in force: Hosts:Inline, Hosts:Ttl"], host.Log.All);
    }

    [Fact]
    public async Task Change_that_is_wrong_anywhere_leaves_everything_as_it_was_and_is_said()
    {
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\""));

        await host.ChangeAsync(Settings("\"192.0.2.2 web.example\"", more: """, "Cache": { "Size": "much" }, "Forwrd": {"x": 1}"""));

        Assert.Equal("NOERROR 30:192.0.2.1", await host.AskAsync(Web));
        Assert.Equal((0, 1), (host.Live.Reloads, host.Live.Failures));
        Assert.Equal(2, host.Live.Failure!.Errors.Count);
        Assert.Contains(host.Log.All, line => line.StartsWith("Error: Configuration: Cache:Size must be 0", Ordinal) && line.EndsWith(
            "stays in force", Ordinal));
    }

    [Fact]
    public async Task File_that_is_mended_counts_again()
    {
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\""));
        await host.ChangeAsync("{");
        Assert.Contains("is no JSON", Assert.Single(host.Live.Failure!.Errors), Ordinal);

        await host.ChangeAsync(Settings("\"192.0.2.1 web.example\""));

        Assert.Null(host.Live.Failure);
        Assert.Equal((0, 1), (host.Live.Reloads, host.Live.Failures));
        await host.ChangeAsync(Settings("\"192.0.2.3 web.example\""));
        Assert.Equal("NOERROR 30:192.0.2.3", await host.AskAsync(Web));
    }

    [Fact]
    public async Task What_needs_a_start_is_named_and_waits_for_it()
    {
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\""));

        await host.ChangeAsync(Settings(
            "\"192.0.2.2 web.example\"",
            more: """, "Listen": { "Http": "127.0.0.1:1", "Lameduck": "7s" }, "Kubernetes": { "Zone": "other.example" }"""));

        Assert.Equal("NOERROR 30:192.0.2.2", await host.AskAsync(Web));
        Assert.Equal(TimeSpan.FromSeconds(7), host.Live.InForce.Listen.Lameduck);
        Assert.Equal((8053, 1), (host.Live.InForce.Listen.Http[0].Port, host.Live.Read.Listen.Http[0].Port));
        Assert.Equal("cluster.local", host.Live.InForce.Engine.Kubernetes.Zone);
        Assert.Contains(
            "Warning: Configuration: these changes count after the next start only: Listen:Http, Kubernetes:Zone", host.Log.All);
    }

    /// <summary>A key that is right by itself may contradict one that waits for a start.</summary>
    [Fact]
    public async Task What_contradicts_what_is_in_force_is_refused()
    {
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\""));

        await host.ChangeAsync(Settings("\"192.0.2.2 web.example\"", more: """, "Forward": { "Timeout": "5s", "Deadline": "1s" }"""));

        Assert.Equal("NOERROR 30:192.0.2.1", await host.AskAsync(Web));
        Assert.Contains("Forward:Deadline is shorter than Forward:Timeout", host.Live.Failure!.Errors);
    }

    [Fact]
    public async Task File_that_a_part_needs_and_is_not_there_refuses_the_change()
    {
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\""));

        await host.ChangeAsync(Settings("\"192.0.2.2 web.example\"", more: """, "Forward": { "CaFile": "/nowhere.pem" }"""));

        Assert.Equal("NOERROR 30:192.0.2.1", await host.AskAsync(Web));
        Assert.Contains("/nowhere.pem", Assert.Single(host.Live.Failure!.Errors), Ordinal);
    }

    [Fact]
    public async Task File_of_tokens_that_is_not_there_refuses_the_change()
    {
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\""));
        Callers before = host.Callers.Value;

        await host.ChangeAsync(Settings("\"192.0.2.2 web.example\"", more: """, "Management": { "TokenFile": "/nowhere" }"""));

        Assert.Equal(["Management:TokenFile: /nowhere: no such file"], host.Live.Failure?.Errors);
        Assert.Equal("NOERROR 30:192.0.2.1", await host.AskAsync(Web));
        Assert.Null(host.Live.InForce.Management.TokenFile);
        Assert.Same(before, host.Callers.Value);
        Assert.Equal((0, 1), (host.Live.Reloads, host.Live.Failures));
    }

    /// <summary>Whoever writes the settings before the file that they name need not write them twice.</summary>
    [Theory]
    [InlineData("Management", "TokenFile")]
    [InlineData("Forward", "CaFile")]
    public async Task File_that_a_refused_change_names_brings_the_change_when_it_is_mended(string section, string key)
    {
        using var authority = new TestAuthority("root");
        string right = key == "CaFile" ? authority.Pem : "# none yet";
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\""));
        string path = _folder.PathOf("named");
        await host.ChangeAsync(Settings("\"192.0.2.2 web.example\"", more: $$""", "{{section}}": { "{{key}}": "{{path}}" }"""));
        await host.LookAsync();
        long refused = host.Live.Failures;
        await host.LookAsync();
        Assert.Equal((0, refused), (host.Live.Reloads, host.Live.Failures));

        _folder.Write("named", "rubbish");
        await host.LookAsync();
        await host.LookAsync();
        Assert.Equal((0, refused + 1), (host.Live.Reloads, host.Live.Failures));

        _folder.Write("named", right);
        await host.LookAsync();

        Assert.Null(host.Live.Failure);
        Assert.Equal((1, refused + 1), (host.Live.Reloads, host.Live.Failures));
        Assert.Equal("NOERROR 30:192.0.2.2", await host.AskAsync(Web));
    }

    /// <summary>Nobody waits for a file that the settings do not name any more.</summary>
    [Fact]
    public async Task File_that_a_refused_change_named_counts_no_more_when_the_settings_are_right()
    {
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\""));
        string named = $$""", "Management": { "TokenFile": "{{_folder.PathOf("named")}}" }""";
        await host.ChangeAsync(Settings("\"192.0.2.2 web.example\"", more: named));
        await host.ChangeAsync(Settings("\"192.0.2.3 web.example\""));
        await host.LookAsync();
        int lines = host.Log.All.Count;

        _folder.Write("named", "# none yet");
        await host.LookAsync();

        Assert.Equal(lines, host.Log.All.Count);
        Assert.Null(host.Live.InForce.Management.TokenFile);
    }

    [Fact]
    public async Task File_of_tokens_that_can_be_read_counts_from_the_change_on()
    {
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\""));
        Callers before = host.Callers.Value;

        await host.ChangeAsync(Settings("\"192.0.2.1 web.example\"", more: Tokens("# none yet")));

        Assert.Null(host.Live.Failure);
        Assert.NotSame(before, host.Callers.Value);
    }

    /// <summary>
    /// A file that breaks leaves the tokens as they were read; it is not in the way of changes that have nothing to do with it.
    /// </summary>
    [Fact]
    public async Task File_of_tokens_that_went_bad_is_in_the_way_of_no_other_change()
    {
        string tokens = Tokens("# none yet");
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\"", more: tokens));
        Callers before = host.Callers.Value;
        _folder.Write("tokens", "rubbish");

        await host.ChangeAsync(Settings("\"192.0.2.2 web.example\"", more: tokens));

        Assert.Equal("NOERROR 30:192.0.2.2", await host.AskAsync(Web));
        Assert.Null(host.Live.Failure);
        Assert.Same(before, host.Callers.Value);
    }

    [Fact]
    public async Task Cluster_is_read_anew_under_other_rules_and_kept_otherwise()
    {
        string snapshot = $$""", "Kubernetes": { "Snapshot": ["{{Repository.PathOf("infra/playground/cluster.yaml")}}"], "Ttl": 30 }""";
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\"", more: snapshot));
        const string Secco = "secco.dns-playground.svc.cluster.local";
        IReadOnlyList<object> before = [.. host.Engine.Feeds];

        await host.ChangeAsync(Settings("\"192.0.2.2 web.example\"", more: snapshot));
        Assert.Equal("NOERROR 30:10.101.195.184", await host.AskAsync(Secco));
        Assert.Equal(5, before.Intersect(host.Engine.Feeds).Count());

        await host.ChangeAsync(Settings("\"192.0.2.2 web.example\"", more: snapshot.Replace("\"Ttl\": 30", "\"Ttl\": 45", Ordinal)));
        Assert.Equal("NOERROR 45:10.101.195.184", await host.AskAsync(Secco));
        Assert.Equal((2, 0), (host.Live.Reloads, host.Live.Failures));
    }

    [Fact]
    public async Task Cache_and_what_is_known_of_upstreams_stay_where_their_options_do()
    {
        await using FakeUpstream upstream = FakeUpstream.Start();
        upstream.Add("www.upstream.example", 300, "A", "192.0.2.80");
        string forward = $$""", "Forward": { "Servers": ["{{upstream.Address}}"] }""";
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\"", more: forward));
        await host.AskAsync("www.upstream.example");
        AnswerCache cache = host.Engine.Cache;

        await host.ChangeAsync(Settings("\"192.0.2.2 web.example\"", more: forward));

        Assert.Same(cache, host.Engine.Cache);
        Assert.Equal("NOERROR 300:192.0.2.80", await host.AskAsync("www.upstream.example"));
        Assert.Equal(1, upstream.Seen.Count(seen => seen.Name.ToString() == "www.upstream.example."));
        Assert.Equal(1, host.Engine.Upstreams.Single().Counts.Answered);

        await host.ChangeAsync(Settings("\"192.0.2.2 web.example\"", more: forward + """, "Cache": { "Size": "2MB" }"""));

        Assert.NotSame(cache, host.Engine.Cache);
        Assert.Equal(2 << 20, host.Engine.Cache.Totals.Limit);
        Assert.Equal(1, host.Engine.Upstreams.Single().Counts.Answered);
    }

    /// <summary>The question began under the old rules, whose servers answer it although nobody else asks them any more.</summary>
    [Fact]
    public async Task Question_that_is_under_way_gets_its_answer()
    {
        await using FakeUpstream slow = FakeUpstream.Start(), other = FakeUpstream.Start();
        slow.Add("slow.upstream.example", 300, "A", "192.0.2.81");
        slow.Always(FakeFault.Hold);
        string Forward(FakeUpstream to) => $$""", "Forward": { "Servers": ["{{to.Address}}"], "Timeout": "50s", "Deadline": "50s" }""";
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\"", more: Forward(slow)));
        Task<string> begun = host.AskAsync("slow.upstream.example");
        while ((await slow.NextAsync(TestContext.Current.CancellationToken)).Name.ToString() != "slow.upstream.example.") continue;

        await host.ChangeAsync(Settings("\"192.0.2.1 web.example\"", more: Forward(other)));
        Assert.Equal(other.Address, host.Engine.Upstreams.Single().Address);
        slow.Release();

        Assert.Equal("NOERROR 300:192.0.2.81", await begun);
    }

    [Fact]
    public async Task Sources_left_out_of_the_order_are_asked_no_more()
    {
        await using ReloadHost host = await ReloadHost.StartAsync(_folder, Settings("\"192.0.2.1 web.example\""));

        await host.ChangeAsync(Settings("\"192.0.2.1 web.example\"", more: """, "Order": ["entries", "special"]"""));

        Assert.Equal("REFUSED", await host.AskAsync(Web));
        Assert.Equal(["entries", "special"], host.Engine.Order);
        Assert.Equal(["entries", "special"], host.Engine.Sources().Select(source => source.Source));
    }

    private string Tokens(string lines) => $$""", "Management": { "TokenFile": "{{_folder.Write("tokens", lines)}}" }""";

    private static string Settings(string inline, int ttl = 30, string more = "") => $$"""
        { "Hosts": { "Files": [], "Inline": [{{inline}}], "Ttl": {{ttl}} }{{(more.Contains("\"Forward\"", Ordinal) ? "" : """, "Forward": { "Servers": [] }""")}}{{more}} }
        """;
}
