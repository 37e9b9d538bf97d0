using System.Diagnostics;
using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Exchanges;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Hosts;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;
using KubeDoH.Tests.Fakes.ApiServer;
using KubeDoH.Tests.Replay;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Cluster;

/// <summary>
/// The real pipeline over a cluster that is followed from an API server by the real client, with the hosts lines and the upstream of
/// the recording. Its time is manual; the server's is not.
/// </summary>
internal sealed class LiveWorld : IAsyncDisposable
{
    /// <summary>What a test waits for at most, in real time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private readonly FakeUpstream _upstream = FakeUpstream.Start();
    private readonly AnswerCache _cache;
    private readonly IResolver _pipeline;
    private readonly Task _running;

    private LiveWorld(FakeApiServer server, ClusterAccess access, EngineOptions options, WatchTimes times, bool bare)
    {
        Server = server;
        options.Forward.Servers = bare ? [] : [_upstream.Address];
        View = new ClusterView(new ClusterRules(options.Kubernetes), Time, "cluster");
        Feed = new ClusterFeed(access, options.Kubernetes, View, times, Time, new Random(1), new LogLines<ClusterFeed>(Log));
        _cache = new AnswerCache(options.Cache, Time);
        _pipeline = Build(options, bare ? "" : "203.0.113.9 dns-playground.external\n10.211.55.2 host.minikube.internal");
        _running = Feed.RunAsync(_stopping.Token);
    }

    public FakeApiServer Server { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));

    public ClusterView View { get; }

    public ClusterFeed Feed { get; }

    public LogLines Log { get; } = new();

    /// <summary>Begins to follow the server.</summary>
    /// <param name="access">The way to it; null takes its address, and needs no credentials.</param>
    /// <param name="bare">True: no hosts lines and no upstream.</param>
    public static LiveWorld Start(
        FakeApiServer server, Action<KubernetesOptions>? configure = null, ClusterAccess? access = null, WatchTimes? times = null,
        bool bare = false)
    {
        var options = new EngineOptions();
        options.Kubernetes.Server = server.Address;
        configure?.Invoke(options.Kubernetes);
        access ??= ClusterAccess.Choose(options.Kubernetes, AccessSurroundings.OfProcess)!;
        return new LiveWorld(server, access, options, times ?? new WatchTimes(), bare);
    }

    /// <summary>The same, once everything is known and watched.</summary>
    public static async Task<LiveWorld> SyncedAsync(
        FakeApiServer server, Action<KubernetesOptions>? configure = null, WatchTimes? times = null)
    {
        LiveWorld world = Start(server, configure, times: times);
        await world.UntilAsync(() => world.IsWatching);
        return world;
    }

    /// <summary>True when every kind was listed and is watched.</summary>
    public bool IsWatching => View.Synced && Server.Watches.Count >= Feed.Status().Parts.Count;

    public SourcePart Part(string name) => Feed.Status().Parts.Single(part => part.Name == name);

    /// <param name="question">Name and type.</param>
    public async Task<Reply> AskAsync(string question) => Reply.Read(await AskRawAsync(question.Split(' ')[0], question.Split(' ')[1]));

    /// <summary>The reply's octets.</summary>
    public async Task<byte[]> AskRawAsync(string name, string type)
    {
        using Query query = Query.Rent();
        Assert.Equal(WireError.None, query.TryParse(ScriptQuestion.Read(new ScriptLine("live", 0, $"ask {name} {type}")).Write()));
        query.View = ClientView.Absolute;
        Answer answer = await _pipeline.ResolveAsync(query, CancellationToken.None);
        byte[] message = new byte[ushort.MaxValue];
        return message[..answer.WriteTo(message, query)];
    }

    /// <summary>The addresses and other data of the answer, sorted, or the response code when there are none.</summary>
    public async Task<string> DataAsync(string question)
    {
        Reply reply = await AskAsync(question);
        List<RecordLine> records = reply.Sections[Section.Answer];
        string name = reply.Rcode == "NOERROR" ? "NODATA" : reply.Rcode;
        return records.Count == 0 ? name : string.Join(' ', records.Select(record => record.Data).Order(StringComparer.Ordinal));
    }

    public Task UntilAnswerAsync(string question, string data, TimeSpan step = default) =>
        UntilAsync(
            async () => await DataAsync(question) == data, step, async () => $"{question}: {await DataAsync(question)} instead of {data}");

    public Task UntilAsync(Func<bool> isSo, TimeSpan step = default) => UntilAsync(() => Task.FromResult(isSo()), step);

    /// <summary>Waits until it is so. With a step, the manual time goes on by so much at each look.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan step = default, Func<Task<string>>? why = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await isSo())
        {
            if (watch.Elapsed > Patience)
                Assert.Fail(string.Join('\n',
                    [$"not within {Patience}: {(why is null ? "" : await why())}", $"{Feed.Status()}", .. Log.All.TakeLast(20),
                        .. Server.Seen.TakeLast(20).Select(request => $"{request}")]));
            if (step > TimeSpan.Zero) Time.Advance(step);
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Asks all the recorded questions; the first that is not answered rightly, or null.</summary>
    public async Task<string?> FirstWrongAsync()
    {
        foreach ((string question, string recorded) in RecordedQuestions.All)
        {
            string right = RecordedQuestions.RightFor(question, recorded);
            string got = RecordedQuestions.Normal(await AskAsync(question));
            if (got != right) return $"{question}\n  is {got}\n  not {right}";
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Feed.Dispose();
        _cache.Dispose();
        await _upstream.DisposeAsync();
        _stopping.Dispose();
    }

    private IResolver Build(EngineOptions options, string hostsLines)
    {
        NameTable hosts = NameTable.Build("hosts", 30, HostsText.Read("hosts", hostsLines, []), pointers: true);
        ForwardRules rules = ForwardRules.Create(options.Forward, resolvConf: null, own: []);
        var pool = new UpstreamPool(options.Forward, new TransportExchange(ServerTrust.System, Time), Time, new Random(1));
        var upstreams = new CachedUpstreams(_cache, pool.AskAsync, options.Forward.Deadline, Time);
        PipelineSources sources = PipelineSources.Over(new EntryView(Time), () => hosts, View, () => rules, pool, upstreams);
        return Pipeline.Build(sources, options.Order, Pipeline.LocalZones(View.Rules.Zone));
    }
}
