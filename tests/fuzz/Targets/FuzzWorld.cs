using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Hosts;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Fuzz;

/// <summary>
/// The sample cluster behind the real pipeline, with some entries, and an upstream that answers at once: no input waits for anything.
/// </summary>
internal static class FuzzWorld
{
    private static readonly (string Name, string Type, string[] Records)[] Entries =
    [
        ("alias.fuzz", "CNAME", ["secco.dns-playground.svc.cluster.local."]),
        ("outside.fuzz", "CNAME", ["www.example.com."]),
        ("loop.fuzz", "CNAME", ["loop.fuzz."]),
        ("tree.fuzz", "DNAME", ["dns-playground.svc.cluster.local."]),
        ("*.wild.fuzz", "TXT", ["\"a \\\" quote\" \"\\000\\255\""]),
        ("*.wild.fuzz", "A", ["192.0.2.1", "192.0.2.2"]),
        ("web.fuzz", "HTTPS", ["1 . alpn=h2 port=443"]),
        ("mail.fuzz", "MX", ["10 mail.fuzz.", "20 outside.fuzz."]),
        ("odd.fuzz", "TYPE65280", ["\\# 3 0a0b0c"]),
    ];

    static FuzzWorld()
    {
        Cluster = ClusterOf(
            SnapshotText.Read("cluster.yaml", File.ReadAllBytes(Repository.PathOf("infra/playground/cluster.yaml"))).Objects);
        NameTable hosts = NameTable.Build(
            "hosts", 30, HostsText.Read("hosts", File.ReadAllText(Repository.PathOf("infra/playground/hosts")), []), pointers: true);
        var entries = new EntryView(TimeProvider.System);
        foreach (Entry entry in Entries.Select(Accept))
            entries.Apply(new EntryChanges(1, Reset: false, [new EntryChange(entry.Key, entry)]));
        var forward = new ForwardOptions { Servers = ["192.0.2.53"] };
        ForwardRules rules = ForwardRules.Create(forward, null, []);
        var pool = new UpstreamPool(forward, new PromptExchange(), TimeProvider.System, new Random(1));
        var cache = new AnswerCache(new CacheOptions { Size = CacheOptions.MinSize }, TimeProvider.System);
        var upstreams = new CachedUpstreams(cache, pool.AskAsync, forward.Deadline, TimeProvider.System);
        Views = new ClientViews(
            new ViewSubjects(Cluster, PodViews.OnDemand, TimeProvider.System), new ViewRules(new EngineOptions()), () => NodeFiles.None);
        Resolver = Pipeline.Build(
            PipelineSources.Over(entries, () => hosts, Cluster, () => rules, pool, upstreams),
            EngineOptions.DefaultOrder,
            Pipeline.LocalZones(Cluster.Rules.Zone));
    }

    public static ClusterView Cluster { get; }

    public static IClientViews Views { get; }

    public static IResolver Resolver { get; }

    /// <summary>A view of these objects, as a feed would make it.</summary>
    public static ClusterView ClusterOf(IReadOnlyList<KubernetesObject> objects)
    {
        var merge = new SnapshotMerge();
        merge.Add("fuzz", DateTimeOffset.UnixEpoch, kept: false, new SnapshotContent(objects, [], null));
        var view = new ClusterView(new ClusterRules(new KubernetesOptions()), TimeProvider.System, "cluster");
        view.Replace(merge.ToReading().Objects, synced: true);
        return view;
    }

    private static Entry Accept((string Name, string Type, string[] Records) written)
    {
        Broken.If(!RecordTypeText.TryRead(written.Type, out RecordType type), written.Type);
        var draft = new EntryDraft(DnsName.Parse(written.Name), type) { Records = written.Records };
        return new EntryRules(null, TimeProvider.System).TryAccept(draft, overrideZone: false, out IReadOnlyList<EntryViolation> violations)
            ?? throw new Broken(violations[0].Detail);
    }

    /// <summary>
    /// An address for names of an even length that are asked for one, an alias for an odd length, NXDOMAIN for other types.
    /// </summary>
    private sealed class PromptExchange : IUpstreamExchange
    {
        private static readonly byte[] Target = DnsName.Parse("secco.dns-playground.svc.cluster.local").Span.ToArray();

        public ValueTask<UpstreamReply> AskAsync(UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken)
        {
            bool found = question.Type is RecordType.A or RecordType.TXT;
            var writer = new MessageWriter(new byte[1024], new ushort[MessageWriter.SlotCount]);
            int flags = MessageHeader.Response | MessageHeader.RecursionAvailable | (found ? 0 : (int)Rcode.NxDomain);
            writer.WriteHeader(new MessageHeader(7, (ushort)flags, 1, (ushort)(found ? 1 : 0), 0, 0));
            writer.WriteName(question.Name.Span);
            writer.WriteUInt16((ushort)question.Type);
            writer.WriteUInt16((ushort)RecordClass.Internet);
            if (found && question.Name.Span.Length % 2 == 0) writer.WriteRecord(question.Name.Span, RecordType.A, 60, [192, 0, 2, 80]);
            else if (found) writer.WriteRecord(question.Name.Span, RecordType.CNAME, 60, Target);
            return ValueTask.FromResult(new UpstreamReply(UpstreamFailure.None, writer.Written.ToArray()));
        }
    }
}
