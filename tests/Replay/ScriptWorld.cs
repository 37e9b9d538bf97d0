using System.Net;
using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Exchanges;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Hosts;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Special;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Cluster;
using KubeDoH.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Replay;

/// <summary>What a script gives: the real pipeline over its entries, hosts lines, cluster, views, options and upstreams.</summary>
internal sealed class ScriptWorld : IAsyncDisposable
{
    /// <summary>What one try at a silent upstream may take (<c>Forward:Timeout</c>).</summary>
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(2);

    /// <summary>The upstream of a block without a name.</summary>
    public const string DefaultUpstream = "default";

    /// <summary>A server of this name is a port where nobody listens.</summary>
    private const string Nobody = "nobody";

    private readonly EngineOptions _options = new();
    private readonly Dictionary<string, ScriptUpstream> _upstreams = [];
    private readonly ScriptViews _views;
    private readonly ScriptEntries _entries;
    private readonly ClusterView? _cluster;
    private readonly IResolver _pipeline;
    private readonly Explainer _explainer;
    private readonly AnswerCache _cache;
    private NameTable _hosts = NameTable.Empty;

    public ScriptWorld(IReadOnlyList<ScriptBlock> given)
    {
        foreach (ScriptBlock block in Of(given, "upstream")) _upstreams.Add(NameOf(block), new ScriptUpstream());
        _options.Forward.Servers = _upstreams.TryGetValue(DefaultUpstream, out ScriptUpstream? upstream) ? [upstream.Address] : [];
        foreach (ScriptLine line in Of(given, "options").SelectMany(block => block.Body)) ScriptOptions.Apply(_options, line, AddressOf);
        _entries = new ScriptEntries(DnsName.Parse(_options.Kubernetes.Zone), Time);
        if (Of(given, "cluster").Any()) _cluster = new ClusterView(new ClusterRules(_options.Kubernetes), Time, "cluster");
        _views = new ScriptViews(_cluster, _options, Time);
        foreach (ScriptBlock block in given.Where(block => block.Head.Words[1] != "options")) Load(block);
        _cache = new AnswerCache(_options.Cache, Time);
        (_pipeline, _explainer) = Build();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));

    public IResolver Resolver => _pipeline;

    /// <summary>Puts the lines of a block in the place of what was given before.</summary>
    public void Load(ScriptBlock block)
    {
        switch (block.Head.Word(1, "what is given"))
        {
            case "entries": _entries.Load(block.Body); break;
            case "hosts": _hosts = ReadHosts(block); break;
            case "cluster": LoadCluster(block); break;
            case "upstream": Upstream(block.Head, NameOf(block)).Load(block.Body); break;
            case "view": _views.MakeUp(block); break;
            case "node": _views.LoadNode(block); break;
            default: throw block.Head.Error("given are entries, hosts, cluster, node, upstream, view and options");
        }
    }

    /// <summary>Sends the question through the pipeline, bytes in and bytes out.</summary>
    /// <exception cref="FormatException">The reply is no whole message.</exception>
    public async Task<Reply> AskAsync(ScriptQuestion question, ResolutionTrace? trace, CancellationToken cancellationToken)
    {
        using Query query = Query.Rent();
        if (query.TryParse(question.Write()) is not WireError.None and var error) throw question.Line.Error($"cannot be asked: {error}");
        query.View = View(question);
        query.Trace = trace;
        Task<Answer> pending = _pipeline.ResolveAsync(query, cancellationToken).AsTask();
        Answer answer = await WaitAsync(pending, cancellationToken);
        byte[] message = new byte[ushort.MaxValue];
        return Reply.Read(message.AsSpan(0, answer.WriteTo(message, query)));
    }

    /// <summary>Sends the question through the pipeline, and says how it went.</summary>
    public async Task<Explanation> ExplainAsync(ScriptQuestion question, CancellationToken cancellationToken)
    {
        using Query query = Query.Rent();
        if (query.TryParse(question.Write()) is not WireError.None and var error) throw question.Line.Error($"cannot be asked: {error}");
        query.View = question.IsAbsolute ? View(question) with { SearchList = [] } : View(question);
        return await WaitAsync(_explainer.ExplainAsync(query, question.IsAbsolute, question.Pod, cancellationToken), cancellationToken);
    }

    private async Task<T> WaitAsync<T>(Task<T> pending, CancellationToken cancellationToken)
    {
        if (_options.Forward.MaxConcurrent == 0) Time.Advance(QuestionRoom.Patience);
        foreach (ScriptUpstream upstream in _upstreams.Values.Where(upstream => upstream.Silent))
            await WaitOutAsync(pending, upstream, cancellationToken);
        return await pending.WaitAsync(cancellationToken);
    }

    /// <summary><c>flush</c>, <c>flush NAME</c> or <c>flush NAME TYPE</c>: the cache forgets.</summary>
    public void Flush(ScriptLine line)
    {
        if (line.Words.Length == 1)
        {
            _cache.Flush();
            return;
        }

        RecordType type = default;
        bool hasType = line.Words.Length > 2;
        if (hasType && !RecordTypeText.TryRead(line.Words[2], out type)) throw line.Error($"'{line.Words[2]}' is no type");
        bool below = line.Words[1].StartsWith("*.", StringComparison.Ordinal);
        _cache.Flush(DnsName.Parse(below ? line.Words[1][2..] : line.Words[1]), below, hasType ? type : null);
    }

    public ClientView View(ScriptQuestion question) =>
        question.View is { } view ? _views.Find(question.Line, view) : ClientView.Absolute;

    /// <summary>A block <c>file</c>: what a file of a namespace or a pod must be.</summary>
    public void CheckFile(ScriptBlock block) => _views.CheckFile(block);

    public ScriptUpstream Upstream(ScriptLine line, string name) =>
        _upstreams.TryGetValue(name, out ScriptUpstream? upstream) ? upstream : throw line.Error($"there is no upstream '{name}'");

    public async ValueTask DisposeAsync()
    {
        _cache.Dispose();
        foreach (ScriptUpstream upstream in _upstreams.Values) await upstream.DisposeAsync();
    }

    /// <summary>Lets time pass whenever a question has reached the upstream that does not reply.</summary>
    private async Task WaitOutAsync(Task pending, ScriptUpstream upstream, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        while (!pending.IsCompleted)
        {
            Task<FakeQuestion> arrival = upstream.NextAsync(done.Token).AsTask();
            await Task.WhenAny(pending, arrival);
            if (arrival.IsCompletedSuccessfully) Time.Advance(OneTry);
            else await done.CancelAsync();
        }
    }

    private static IEnumerable<ScriptBlock> Of(IEnumerable<ScriptBlock> given, string kind) =>
        given.Where(block => block.Head.Word(1, "what is given") == kind);

    public static string NameOf(ScriptBlock block) => block.Head.Words.ElementAtOrDefault(2) ?? DefaultUpstream;

    private string AddressOf(ScriptLine line, string name) =>
        name == Nobody ? FakeUpstream.Nobody().ToString() : Upstream(line, name).Address;

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
        IReadOnlyList<AddressLine> lines = HostsText.Read(
            block.Head.File, string.Join('\n', block.Body.Select(line => line.Text)), problems);
        if (problems.Count > 0) throw block.Body[problems[0].Line - 1].Error(problems[0].Message);
        return NameTable.Build("hosts", (uint)_options.Hosts.Ttl, lines, pointers: true);
    }

    private (IResolver, Explainer) Build()
    {
        DnsName zone = DnsName.Parse(_options.Kubernetes.Zone);
        ForwardRules rules = ForwardRules.Create(_options.Forward, resolvConf: null, own: []);
        var pool = new UpstreamPool(
            _options.Forward, new RoutedExchange(new TransportExchange(ServerTrust.System, Time), Routes()), Time, new Random(1));
        var upstreams = new CachedUpstreams(_cache, pool.AskAsync, _options.Forward.Deadline, Time);
        PipelineSources sources = PipelineSources.Over(_entries.View, () => _hosts, _cluster, () => rules, pool, upstreams);
        IResolver pipeline = Pipeline.Build(sources, _options.Order, Pipeline.LocalZones(zone));
        return (pipeline, new Explainer(new Surroundings
        {
            Resolver = pipeline,
            Zone = zone,
            Cluster = _cluster,
            Entries = _entries.View,
            Hosts = () => _hosts,
            ClusterSource = sources.Cluster,
            Forward = sources.Forward,
            Views = _views.Views,
            Upstreams = () => pool.Read(rules),
            Time = Time,
        }));
    }

    /// <summary>An upstream whose name is an address stands for the server there.</summary>
    private Dictionary<IPEndPoint, IPEndPoint> Routes() => _upstreams
        .Where(upstream => IPAddress.TryParse(upstream.Key, out _))
        .ToDictionary(upstream => new IPEndPoint(IPAddress.Parse(upstream.Key), UpstreamServer.DefaultPort),
            upstream => IPEndPoint.Parse(upstream.Value.Address));
}
