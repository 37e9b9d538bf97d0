using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Hosts;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Special;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Cluster;
using KubeDoH.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Replay;

/// <summary>What a script gives: the real pipeline over its entries, hosts lines, cluster, views, options and upstreams.</summary>
internal sealed class ScriptWorld : IAsyncDisposable
{
    /// <summary>The upstream of a block without a name.</summary>
    public const string DefaultUpstream = "default";

    /// <summary>A server of this name is a port where nobody listens.</summary>
    private const string Nobody = "nobody";

    private readonly EngineOptions _options = new();
    private readonly Dictionary<string, ScriptUpstream> _upstreams = [];
    private readonly Dictionary<string, ClientView> _views = [];
    private readonly ScriptEntries _entries;
    private readonly ClusterView? _cluster;
    private NameTable _hosts = NameTable.Empty;

    public ScriptWorld(IReadOnlyList<ScriptBlock> given)
    {
        foreach (ScriptBlock block in Of(given, "upstream")) _upstreams.Add(NameOf(block), new ScriptUpstream());
        _options.Forward.Servers = _upstreams.TryGetValue(DefaultUpstream, out ScriptUpstream? upstream) ? [upstream.Address] : [];
        foreach (ScriptLine line in Of(given, "options").SelectMany(block => block.Body)) ScriptOptions.Apply(_options, line, AddressOf);
        _entries = new ScriptEntries(DnsName.Parse(_options.Kubernetes.Zone), Time);
        if (Of(given, "cluster").Any()) _cluster = new ClusterView(new ClusterRules(_options.Kubernetes), Time, "cluster");
        foreach (ScriptBlock block in given.Where(block => block.Head.Words[1] != "options")) Load(block);
        Pipeline = Build();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));

    public IResolver Pipeline { get; }

    public IEnumerable<ScriptUpstream> Upstreams => _upstreams.Values;

    /// <summary>Puts the lines of a block in the place of what was given before.</summary>
    public void Load(ScriptBlock block)
    {
        switch (block.Head.Word(1, "what is given"))
        {
            case "entries": _entries.Load(block.Body); break;
            case "hosts": _hosts = ReadHosts(block); break;
            case "cluster": LoadCluster(block); break;
            case "upstream": Upstream(block.Head, NameOf(block)).Load(block.Body); break;
            case "view": _views[block.Head.Word(2, "the view's name")] = ReadView(block.Body); break;
            default: throw block.Head.Error("given are entries, hosts, cluster, upstream, view and options");
        }
    }

    public ClientView View(ScriptQuestion question) =>
        question.View is not { } name ? ClientView.Absolute
        : _views.TryGetValue(name, out ClientView? view) ? view
        : throw question.Line.Error($"there is no view '{name}'");

    public ScriptUpstream Upstream(ScriptLine line, string name) =>
        _upstreams.TryGetValue(name, out ScriptUpstream? upstream) ? upstream : throw line.Error($"there is no upstream '{name}'");

    public async ValueTask DisposeAsync()
    {
        foreach (ScriptUpstream upstream in _upstreams.Values) await upstream.DisposeAsync();
    }

    private static IEnumerable<ScriptBlock> Of(IEnumerable<ScriptBlock> given, string kind) =>
        given.Where(block => block.Head.Word(1, "what is given") == kind);

    private static string NameOf(ScriptBlock block) => block.Head.Words.ElementAtOrDefault(2) ?? DefaultUpstream;

    private string AddressOf(ScriptLine line, string name) => name == Nobody ? FakeUpstream.Nobody().ToString() : Upstream(line, name).Address;

    private void LoadCluster(ScriptBlock block)
    {
        if (_cluster is null) throw block.Head.Error("a cluster that changes must be given first");
        string how = block.Head.Words.ElementAtOrDefault(2) ?? "";
        if (how is not ("" or "unsynced" or "recorded")) throw block.Head.Error("a cluster is 'unsynced', 'recorded' or nothing of both");
        _cluster.Replace(how == "recorded" ? RecordedObjects() : ClusterLines.Read(block.Body), synced: how != "unsynced");
    }

    private static ClusterObjects RecordedObjects()
    {
        new SnapshotFiles([RecordedCluster.Snapshot], TimeProvider.System).TryReadChanged(out SnapshotReading reading);
        return reading.Objects;
    }

    private NameTable ReadHosts(ScriptBlock block)
    {
        var problems = new List<HostsProblem>();
        IReadOnlyList<AddressLine> lines = HostsText.Read(block.Head.File, string.Join('\n', block.Body.Select(line => line.Text)), problems);
        if (problems.Count > 0) throw block.Body[problems[0].Line - 1].Error(problems[0].Message);
        return NameTable.Build("hosts", (uint)_options.Hosts.Ttl, lines, pointers: true);
    }

    /// <summary>Lines <c>namespace NAME</c>, <c>search SUFFIX …</c>, <c>ndots N</c>, <c>alias ADDRESS NAME …</c>.</summary>
    private static ClientView ReadView(IReadOnlyList<ScriptLine> lines)
    {
        string? space = null;
        int ndots = 1;
        List<DnsName> search = [];
        var aliases = new List<AddressLine>();
        foreach (ScriptLine line in lines)
        {
            switch (line.Words[0])
            {
                case "namespace": space = line.Word(1, "the namespace"); break;
                case "ndots": ndots = int.TryParse(line.Word(1, "the number"), out int number) ? number : throw line.Error("ndots is a number"); break;
                case "search": search.AddRange(line.Words.Skip(1).Select(DnsName.Parse)); break;
                case "alias": aliases.AddRange(HostsText.Read(line.File, string.Join(' ', line.Words.Skip(1)), [])); break;
                default: throw line.Error("a view has namespace, search, ndots and alias lines");
            }
        }

        NameTable? table = aliases.Count > 0 ? NameTable.Build("hostAliases", 30, aliases, pointers: false) : null;
        return new ClientView { Namespace = space, Ndots = ndots, SearchList = search, HostAliases = table };
    }

    private IResolver Build()
    {
        ForwardRules rules = ForwardRules.Create(_options.Forward, resolvConf: null, own: []);
        var sources = new PipelineSources
        {
            HostAliases = new NameTableSource("hostAliases", view => view.HostAliases),
            Entries = new EntrySource(_entries.View.Names),
            EntryPointers = new EntrySource(_entries.View.Pointers),
            Hosts = new NameTableSource("hosts", _ => _hosts),
            Cluster = _cluster is null ? null : new ClusterSource(_cluster),
            Special = new SpecialSource("special", rules.Covers),
            Forward = new ForwardSource(_options.Forward, () => rules, new UdpTcpExchange(), Time),
        };
        string[] localZones = _cluster is null ? [] : [_options.Kubernetes.Zone, "in-addr.arpa", "ip6.arpa"];
        return KubeDoH.Engine.Pipeline.Build(sources, _options.Order, [.. localZones.Select(DnsName.Parse)]);
    }
}
