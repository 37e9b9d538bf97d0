using System.Text;
using KubeDoH.Api.Doh;
using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Special;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Oracle;

/// <summary>The engine as the other side of the comparison: the real pipeline and sources, from question bytes to reply bytes.</summary>
internal sealed class EngineSubject : ISubject
{
    private readonly FakeTimeProvider _time = new();
    private World? _world;
    private IResolver? _resolver;
    private Explainer? _explainer;

    public async Task<OracleAnswer> AskAsync(World world, OracleQuestion question)
    {
        using Query query = Ask(world, question);
        Answer answer = await _resolver!.ResolveAsync(query, CancellationToken.None);
        var reply = new byte[answer.MaxSize(query)];
        Assert.Equal(reply.Length, answer.WriteTo(reply, query));
        return ReplyText.Read(reply);
    }

    /// <summary>The answer to a question as <c>/dns-query</c> writes it in JSON, and its explanation.</summary>
    public async Task<(string Json, Explanation Explanation)> ExplainAsync(World world, OracleQuestion question)
    {
        string json;
        using (Query plain = Ask(world, question))
        {
            Answer answer = await _resolver!.ResolveAsync(plain, CancellationToken.None);
            json = Encoding.UTF8.GetString(DnsJson.Write(plain, [new TypedAnswer(plain.Type, answer)]));
        }

        using Query explained = Ask(world, question);
        return (json, await _explainer!.ExplainAsync(explained, absolute: false, pod: null, CancellationToken.None));
    }

    private Query Ask(World world, OracleQuestion question)
    {
        if (!ReferenceEquals(world, _world))
        {
            (_resolver, _explainer) = Build(world);
            _world = world;
        }

        Query query = Query.Rent();
        Assert.True(RecordTypeText.TryRead(question.Type, out RecordType type));
        Span<byte> spelled = stackalloc byte[WireName.MaxLength];
        Assert.True(NameText.TryRead(question.Name, spelled, out int length, out _));
        query.Ask(spelled[..length], type);
        query.View = View(question.View);
        return query;
    }

    /// <summary>The view as the engine has it.</summary>
    internal static ClientView View(OracleView? view) => view is null ? ClientView.Absolute : new ClientView
    {
        Namespace = view.Namespace,
        Ndots = view.Ndots,
        SearchList = [.. view.Search.Select(DnsName.Parse)],
        HostAliases = NameTable.Build("hostAliases", 30,
            view.HostAliases.Select(alias => new AddressLine(alias.Address, [.. alias.Hostnames.Select(DnsName.Parse)])), pointers: false),
    };

    /// <summary>The pipeline over a world, and what explains it.</summary>
    internal (IResolver Resolver, Explainer Explainer) Build(World world)
    {
        ClusterView cluster = Cluster(world);
        var entries = new EntryView(_time);
        foreach (Entry entry in world.Entries.Select(Accept))
        {
            entries.Names.Replace([], [.. PlacedPart.OfNames(entry)]);
            entries.Pointers.Replace([], [.. PlacedPart.OfPointers(entry)]);
            entries.Names.Build();
            entries.Pointers.Build();
        }

        NameTable hosts = NameTable.Build(
            "hosts", 30, world.Hosts.Select(line => new AddressLine(line.Address, [.. line.Names.Select(DnsName.Parse)])), pointers: true);
        var options = new ForwardOptions { Servers = world.Upstream is null ? [] : ["192.0.2.1"] };
        ForwardRules rules = ForwardRules.Create(options, null, []);
        var exchange = new WorldExchange(world.Upstream ?? new UpstreamWorld([], [], []));
        var pool = new UpstreamPool(options, exchange, _time, new Random(1));
        var upstreams = new CachedUpstreams(new AnswerCache(new CacheOptions { Size = 0 }, _time), pool.AskAsync, options.Deadline, _time);
        PipelineSources sources = PipelineSources.Over(entries, () => hosts, cluster, () => rules, pool, upstreams);
        IResolver pipeline = Pipeline.Build(sources, world.Order, Pipeline.LocalZones(cluster.Rules.Zone));
        return (pipeline, new Explainer(new Surroundings
        {
            Resolver = pipeline,
            Zone = cluster.Rules.Zone,
            Cluster = cluster,
            Entries = entries,
            Hosts = () => hosts,
            ClusterSource = sources.Cluster,
            Forward = sources.Forward,
            Views = new ClientViews(
                new ViewSubjects(cluster, PodViews.Off, _time), new ViewRules(new EngineOptions()), () => NodeFiles.None),
            Upstreams = () => pool.Read(rules),
            Time = _time,
        }));
    }

    private ClusterView Cluster(World world)
    {
        var options = new KubernetesOptions
        {
            Zone = world.Zone,
            Ttl = world.Ttl,
            Pods = Enum.Parse<PodRecords>(world.Pods, ignoreCase: true),
            Ptr = Enum.Parse<EndpointPointers>(world.Ptr, ignoreCase: true),
            EndpointPodNames = world.EndpointPodNames,
            NoEndpoints = world.NoEndpoints,
            IgnoreEmptyService = world.IgnoreEmptyService,
            Fallthrough = world.Fallthrough,
            Namespaces = world.ExposedNamespaces,
            Labels = world.Labels,
            NamespaceLabels = world.NamespaceLabels,
            ClusterDns = world.ClusterDns.ToString(),
        };
        var view = new ClusterView(new ClusterRules(options), _time, "cluster");
        view.Replace(
            new ClusterObjects
            {
                Namespaces = world.Namespaces,
                Services = world.Services,
                EndpointSlices = world.EndpointSlices,
                Pods = world.PodList,
            },
            world.Synced);
        return view;
    }

    private Entry Accept(CustomEntry custom)
    {
        Assert.True(RecordTypeText.TryRead(custom.Type, out RecordType type));
        var draft = new EntryDraft(DnsName.Parse(custom.Name), type)
        {
            Ttl = custom.Ttl,
            Records = custom.Records,
            Namespaces = custom.Namespaces,
            PassThrough = custom.PassThrough,
            AutoPtr = custom.AutoPtr && custom.Type is ("A" or "AAAA") && !custom.Name.StartsWith("*.", StringComparison.Ordinal),
        };
        Entry? entry = new EntryRules(null, _time).TryAccept(draft, overrideZone: true, out IReadOnlyList<EntryViolation> violations);
        Assert.Empty(violations);
        return entry!;
    }

    /// <summary>The world's upstream as a transport: it gets the question's bytes and gives the reply's.</summary>
    private sealed class WorldExchange : IUpstreamExchange
    {
        private readonly FakeZones _zones = new();
        private readonly HashSet<DnsName> _failing;

        public WorldExchange(UpstreamWorld upstream)
        {
            foreach (UpstreamZone zone in upstream.Zones)
                _zones.Add(FakeRecord.Of(Dotted(zone.Name), (uint)zone.SoaTtl, "SOA", zone.SoaData));
            foreach (UpstreamSet set in upstream.Sets)
                foreach (string record in set.Records) _zones.Add(FakeRecord.Of(Dotted(set.Name), (uint)set.Ttl, set.Type, record));
            _failing = [.. upstream.Failing.Select(name => DnsName.Parse(Dotted(name)))];
        }

        public ValueTask<UpstreamReply> AskAsync(UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken)
        {
            var bytes = new byte[UpstreamQuestion.MaxSize];
            int length = question.Write(bytes, id: 7, edns: true);
            FakeQuestion asked = FakeQuestion.Read(bytes.AsSpan(0, length), overTcp: false, fromPort: 0);
            return ValueTask.FromResult(new UpstreamReply(UpstreamFailure.None, Reply(asked).Write(asked)));
        }

        /// <summary>An alias comes alone for every other name, and where its tail fails; else with its tail.</summary>
        private FakeReply Reply(FakeQuestion asked)
        {
            if (_failing.Contains(asked.Name)) return new FakeReply { Rcode = Rcode.ServFail };
            FakeReply reply = _zones.Find(asked.Name, asked.Type);
            bool isAlias = asked.Type is not (RecordType.CNAME or RecordType.ANY) && reply.Answer is [{ Type: RecordType.CNAME }, ..];
            bool alone = asked.Name.Span.Length % 2 == 0
                || reply.Answer.Any(record => record.Type == RecordType.CNAME && _failing.Contains(DnsName.Copy(record.Data)));
            return isAlias && alone ? new FakeReply { Answer = [reply.Answer[0]] } : reply;
        }

        private static string Dotted(string name) => name.Length == 0 ? "." : name;
    }
}
