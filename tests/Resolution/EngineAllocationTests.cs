using KubeDoH.Engine;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Tests.Resolution;

/// <summary>The whole engine over the sample cluster, a hosts file, a few entries and an upstream.</summary>
public sealed class LoadedEngine : IAsyncLifetime
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly FakeUpstream _upstream = FakeUpstream.Start();
    private Task _feeding = Task.CompletedTask;

    public EngineServices Services { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Services = TestEngine.Create(options =>
        {
            options.Hosts.Files = [Repository.PathOf("infra/playground/hosts")];
            options.Forward.Servers = [_upstream.Address];
        });
        foreach (IFeed feed in Services.Feeds) await feed.LoadAsync(_stopping.Token);
        _feeding = Task.WhenAll(Services.Feeds.Select(feed => feed.RunAsync(_stopping.Token)));
        await PutAsync("db.corp.example", "10.0.0.5");
        await PutAsync("*.corp.example", "10.0.0.6");
        await PutAsync("scoped.corp.example", "10.0.0.7", "dns-playground");
        await PutAsync("*.scoped.example", "10.0.0.8", "dns-playground");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _feeding;
        await Services.DisposeAsync();
        await _upstream.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task PutAsync(string name, string address, params string[] namespaces)
    {
        var draft = new EntryDraft(DnsName.Parse(name), RecordType.A) { Records = [address], Namespaces = namespaces };
        WriteResult result = await Services.Entries.PutAsync(draft, EntryCondition.None, default, TestContext.Current.CancellationToken);
        Assert.Empty(result.Violations ?? []);
    }
}

/// <summary>Bytes that a question costs on its way through the engine, from its message to the reply's: none for a hit.</summary>
public sealed class EngineAllocationTests(LoadedEngine engine) : IClassFixture<LoadedEngine>
{
    private const int Rounds = 5000;
    private const string Pod = "dns-playground/zerocalcare-dns-mgmt-65fdcb74cf-hmxrr", NodesPod = "kube-system/coredns-565d847f94-x2x2x";

    [Theory]
    [InlineData("db.corp.example", "A", "entries")]
    [InlineData("db.corp.example", "AAAA", "entries")]
    [InlineData("any.corp.example", "A", "entries")]
    [InlineData("scoped.corp.example.", "A", "entries", "dns-playground")]
    [InlineData("any.scoped.example.", "A", "entries", "dns-playground")]
    [InlineData("5.0.0.10.in-addr.arpa", "PTR", "entries")]
    [InlineData("dns-playground.external", "A", "hosts")]
    [InlineData("dns-playground.external", "AAAA", "hosts")]
    [InlineData("9.113.0.203.in-addr.arpa", "PTR", "hosts")]
    [InlineData("secco.dns-playground.svc.cluster.local", "A", "cluster")]
    [InlineData("secco.dns-playground.svc.cluster.local", "AAAA", "cluster")]
    [InlineData("secco.dns-playground.svc.cluster.local", "A", "cluster", "dns-playground")]
    [InlineData("_dns._udp.kube-dns.kube-system.svc.cluster.local", "SRV", "cluster")]
    [InlineData("my-pet.headless.spec.svc.cluster.local", "A", "cluster")]
    [InlineData("svc.cluster.local", "A", "cluster")]
    [InlineData("nothing.dns-playground.svc.cluster.local", "A", "cluster")]
    [InlineData("10-244-0-8.dns-playground.pod.cluster.local", "A", "cluster")]
    [InlineData("fd00--8.dns-playground.pod.cluster.local", "AAAA", "cluster")]
    [InlineData("1.0.96.10.in-addr.arpa", "PTR", "cluster")]
    [InlineData("10.1.244.10.in-addr.arpa", "PTR", "cluster")]
    [InlineData("secco", "A", "cluster", "dns-playground")]
    [InlineData("secco", "AAAA", "cluster", "dns-playground")]
    [InlineData("kube-dns.kube-system", "A", "cluster", "dns-playground")]
    [InlineData("scoped.corp.example", "A", "entries", "dns-playground")]
    [InlineData("secco", "A", "cluster", Pod)]
    [InlineData("kubernello.local", "A", "hostAliases", Pod)]
    [InlineData("kubernello.local", "AAAA", "hostAliases", Pod)]
    [InlineData("12.0.244.10.in-addr.arpa", "PTR", "hostAliases", Pod)]
    [InlineData("scoped.corp.example.", "A", "entries", Pod)]
    [InlineData("secco.dns-playground.svc.cluster.local", "A", "cluster", Pod)]
    [InlineData("coredns-565d847f94-x2x2x", "A", "hostAliases", NodesPod)]
    [InlineData("printer.local", "A", "special", NodesPod)]
    [InlineData("www.localhost", "A", "special")]
    [InlineData("printer.local", "A", "special")]
    public void Hit_costs_nothing(string name, string type, string source, string? seenFrom = null)
    {
        (long bytes, string answeredBy) = Measure(name, type, seenFrom);
        Assert.Equal(source, answeredBy);
        Assert.Equal(0, bytes);
    }

    [Theory]
    [InlineData("www.example.com", "A")]
    [InlineData("www.example.com", "TXT")]
    [InlineData("gone.example.com", "A")]
    [InlineData("alias.example.com", "CNAME")]
    [InlineData("www.example.com", "AAAA", NodesPod)]
    public async Task Hit_in_the_cache_costs_nothing(string name, string type, string? seenFrom = null)
    {
        Assert.True(RecordTypeText.TryRead(type, out RecordType number));
        using (Query query = Query.Rent())
        {
            Assert.Equal(WireError.None, query.TryParse(Question(name, type)));
            Assert.Equal(number, query.Type);
            Assert.Equal("forward", (await engine.Services.Resolver.ResolveAsync(query, TestContext.Current.CancellationToken)).Source);
        }

        long hits = engine.Services.Cache.Totals.Hits;
        (long bytes, string answeredBy) = Measure(name, type, seenFrom);
        Assert.Equal("forward", answeredBy);
        Assert.Equal(2 * Rounds, engine.Services.Cache.Totals.Hits - hits);
        Assert.Equal(0, bytes);
    }

    /// <summary>A view that was made is found again.</summary>
    [Theory]
    [InlineData("dns-playground", null)]
    [InlineData("dns-playground", "zerocalcare-dns-mgmt-65fdcb74cf-hmxrr")]
    [InlineData("kube-system", "coredns-565d847f94-x2x2x")]
    [InlineData("dns-playground", "nobody")]
    [InlineData("nowhere", "nobody")]
    public void Finding_a_view_costs_nothing(string space, string? pod)
    {
        IClientViews views = engine.Services.Views;
        for (int i = 0; i < Rounds; i++) _ = pod is null ? views.TryNamespace(space, out _) : views.TryPod(space, pod, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++) _ = pod is null ? views.TryNamespace(space, out _) : views.TryPod(space, pod, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Bytes of one question, and the source that answered it.</summary>
    /// <param name="seenFrom">A namespace, or namespace/pod.</param>
    private (long Bytes, string Source) Measure(string name, string type, string? seenFrom)
    {
        byte[] question = Question(name, type), reply = new byte[1232];
        ClientView view = ClientView.Absolute;
        ViewVerdict verdict = seenFrom?.Split('/') switch
        {
            null => ViewVerdict.Found,
            [var space] => engine.Services.Views.TryNamespace(space, out view),
            var parts => engine.Services.Views.TryPod(parts[0], parts[1], out view),
        };
        Assert.Equal(ViewVerdict.Found, verdict);
        string source = "";
        for (int i = 0; i < Rounds; i++) source = Ask(question, view, reply);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++) source = Ask(question, view, reply);
        return ((GC.GetAllocatedBytesForCurrentThread() - before) / Rounds, source);
    }

    /// <summary>The source that answered. Nothing of the test framework stands in here: it would be counted.</summary>
    private string Ask(byte[] question, ClientView view, byte[] reply)
    {
        using Query query = Query.Rent();
        if (query.TryParse(question) != WireError.None) return "";
        query.View = view;
        ValueTask<Answer> pending = engine.Services.Resolver.ResolveAsync(query, CancellationToken.None);
        Answer? answer = pending.IsCompletedSuccessfully ? pending.Result : null;
        return answer is not null && answer.WriteTo(reply, query) > 0 ? answer.Source : "";
    }

    /// <summary>A recursive question with an OPT record, as most resolvers send it.</summary>
    private static byte[] Question(string name, string type)
    {
        Assert.True(RecordTypeText.TryRead(type, out RecordType number));
        ReadOnlySpan<byte> opt = [0, 0, (byte)RecordType.OPT, 0x04, 0xd0, 0, 0, 0, 0, 0, 0];
        return [0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 1, .. DnsName.Parse(name).Span, 0, (byte)number, 0, 1, .. opt];
    }
}
