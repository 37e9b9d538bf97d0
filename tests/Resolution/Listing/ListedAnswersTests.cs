using KubeDoH.Engine;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Tests.Resolution.Listing;

/// <summary>What is listed is what is answered, and what is answered by name is listed.</summary>
public sealed class ListedAnswersTests : IAsyncDisposable
{
    private const string Sample = "infra/playground/cluster.yaml", Recorded = "tests/Data/cluster/snapshot.yaml";

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<(EngineServices Engine, Task Feeding)> _engines = [];

    public static TheoryData<string, PodRecords, bool> Clusters => new()
    {
        { Sample, PodRecords.Insecure, false }, { Sample, PodRecords.Verified, true },
        { Recorded, PodRecords.Insecure, true }, { Recorded, PodRecords.Verified, false }, { Recorded, PodRecords.Disabled, false },
    };

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task Cluster_answers_every_listed_RRset(string snapshot, PodRecords pods, bool podNames)
    {
        EngineServices engine = await StartAsync("cluster", options => Load(options, snapshot, pods, podNames));

        await AssertAnsweredAsync(engine, leastRRsets: 30);
    }

    /// <summary>The recorded questions: those that the cluster answers under the very name that was asked.</summary>
    [Fact]
    public async Task Every_recorded_answer_of_the_cluster_is_listed()
    {
        EngineServices engine = await StartAsync("cluster", options => Load(options, Recorded, PodRecords.Verified, podNames: false));
        HashSet<(DnsName, RecordType)> listed = [.. engine.Records.List(new RecordFilter()).RRsets.Select(
            rrset => (rrset.Name, rrset.Type))];
        int found = 0;

        foreach (string line in await File.ReadAllLinesAsync(
            Repository.PathOf("tests/Data/cluster/answers.tsv"), TestContext.Current.CancellationToken))
        {
            string[] fields = line.Split('\t');
            if (!RecordTypeText.TryRead(fields[1], out RecordType type) || type == RecordType.ANY) continue;
            if (await AskAsync(engine, DnsName.Parse(fields[0]), type, null) is not { } answered) continue;
            found++;
            Assert.True(listed.Contains((answered.Name, answered.Type)), $"{fields[0]} {type} is answered and not listed");
        }

        Assert.True(found > 30, $"{found} answers");
    }

    [Theory]
    [InlineData("special", 100)]
    [InlineData("hosts", 5)]
    [InlineData("entries", 12)]
    public async Task Source_answers_every_listed_RRset(string source, int leastRRsets)
    {
        EngineServices engine = await StartAsync(source, options =>
        {
            options.Hosts.Files = [Repository.PathOf("infra/playground/hosts")];
            options.Hosts.Inline = ["2001:db8::1 six.example", "192.0.2.7 seven.example", "192.0.2.7 other.example seven.example"];
        });
        if (source == "entries") await FillAsync(engine);

        await AssertAnsweredAsync(engine, leastRRsets);
    }

    [Fact]
    public async Task Name_that_a_forward_rule_takes_is_not_listed_as_special()
    {
        EngineServices engine = await StartAsync("special", options =>
            options.Forward.Rules = new Dictionary<string, IReadOnlyList<string>> { ["10.in-addr.arpa"] = ["192.0.2.1"] });

        Assert.Empty(engine.Records.List(new RecordFilter { Name = DnsName.Parse("10.in-addr.arpa") }).RRsets);
        Assert.Single(engine.Records.List(new RecordFilter { Name = DnsName.Parse("168.192.in-addr.arpa") }).RRsets);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach ((EngineServices engine, Task feeding) in _engines)
        {
            await feeding;
            await engine.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private static void Load(EngineOptions options, string snapshot, PodRecords pods, bool podNames)
    {
        options.Kubernetes.Mode = KubernetesMode.Snapshot;
        options.Kubernetes.Snapshot = [Repository.PathOf(snapshot)];
        options.Kubernetes.Pods = pods;
        options.Kubernetes.EndpointPodNames = podNames;
    }

    private static async Task FillAsync(EngineServices engine)
    {
        foreach (EntryDraft draft in (EntryDraft[])
        [
            Draft("a.example", "A", "192.0.2.2", "192.0.2.1"),
            Draft("b.example", "A", "192.0.2.1"),
            Draft("a.example", "TXT", "hello") with { PassThrough = true },
            Draft("*.wild.example", "AAAA", "2001:db8::7"),
            Draft("c.example", "CNAME", "a.example"),
            Draft("d.example", "DNAME", "a.example"),
            Draft("scoped.example", "A", "192.0.2.9") with { Namespaces = ["shop", "blog"] },
            Draft("also.example", "A", "192.0.2.9") with { Namespaces = ["shop"] },
            Draft("off.example", "A", "192.0.2.10") with { Enabled = false },
        ])
        {
            WriteResult result = await engine.Entries.PutAsync(draft, EntryCondition.None, default, TestContext.Current.CancellationToken);
            Assert.True(result.Succeeded, draft.Name.ToString());
        }
    }

    private static EntryDraft Draft(string name, string type, params string[] records) => Entries.EntryTestData.Draft(name, type, records);

    private static async Task AssertAnsweredAsync(EngineServices engine, int leastRRsets)
    {
        IReadOnlyList<ListedRRset> listed = engine.Records.List(new RecordFilter()).RRsets;
        Assert.True(listed.Count >= leastRRsets, $"{listed.Count} RRsets");
        Assert.Equal(listed.Select(rrset => rrset.Name).Order(CanonicalNameOrder.Instance), listed.Select(rrset => rrset.Name));
        foreach (ListedRRset rrset in listed)
        {
            foreach (string? scope in rrset.Namespaces.Count == 0 ? [null] : rrset.Namespaces.Cast<string?>())
            {
                ListedRRset? answered = await AskAsync(engine, rrset.Name, rrset.Type, scope);
                Assert.True(answered is not null, $"{rrset.Name} {rrset.Type} is listed and not answered");
                Assert.Equal((rrset.Source, rrset.Ttl), (answered.Source, answered.Ttl));
                Assert.Equal(rrset.Data.Select(Convert.ToHexString).Order(), answered.Data.Select(Convert.ToHexString).Order());
            }
        }
    }

    /// <summary>The RRset of this very name and type in the answer; null when there is none.</summary>
    private static async Task<ListedRRset?> AskAsync(EngineServices engine, DnsName name, RecordType type, string? scope)
    {
        using Query query = Query.Rent();
        query.Ask(name.Span, type);
        query.View = new ClientView { Namespace = scope };
        Answer answer = await engine.Resolver.ResolveAsync(query, TestContext.Current.CancellationToken);
        return ReadOwn(answer, name, type);
    }

    private static ListedRRset? ReadOwn(Answer answer, DnsName name, RecordType type)
    {
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords records = answer.ReadRecords(name.Span, room);
        var data = new List<byte[]>();
        uint ttl = 0;
        while (records.MoveNext())
        {
            if (records.Section != Section.Answer || records.Type != type || !records.Owner.SequenceEqual(name.Span)) continue;
            data.Add(records.Data.ToArray());
            ttl = records.Ttl;
        }

        return data.Count == 0 ? null : new ListedRRset(answer.Source, name, type, ttl, data);
    }

    private async Task<EngineServices> StartAsync(string source, Action<EngineOptions> configure)
    {
        EngineServices engine = TestEngine.Create(options =>
        {
            options.Order = [source];
            options.Kubernetes.Mode = KubernetesMode.Off;
            options.Kubernetes.Snapshot = [];
            configure(options);
        });
        foreach (IFeed feed in engine.Feeds) await feed.LoadAsync(_stopping.Token);
        _engines.Add((engine, Task.WhenAll(engine.Feeds.Select(feed => feed.RunAsync(_stopping.Token)))));
        return engine;
    }
}
