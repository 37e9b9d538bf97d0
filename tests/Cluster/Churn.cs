using System.Net;
using KubeDoH.Engine;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Tests.Fakes.ApiServer;
using KubeDoH.Tests.Oracle;

namespace KubeDoH.Tests.Cluster;

/// <summary>
/// One cluster that changes at random while its server misbehaves at random, the same for the same seed. The objects come from
/// random worlds whose names and addresses meet; beside them stand some that never change.
/// </summary>
internal sealed class Churn : IAsyncDisposable
{
    private const string SteadyNamespace = "steady";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    private readonly Random _random;
    private readonly World[] _pool;
    private readonly ChurnObjects _objects;
    private readonly LiveWorld _world;
    private readonly string _zone;

    private Churn(int seed, World rules, FakeApiServer server)
    {
        _random = new Random(seed);
        _pool = [.. Enumerable.Range(seed * 100, 12).Select(WorldGenerator.Make)];
        _zone = rules.Zone;
        _objects = new ChurnObjects(server, rules);
        _objects.PutAll(_pool[0]);
        PutSteady(rules);
        _world = LiveWorld.Start(server, options => Configure(options, rules), times: new() { PageSize = 5 }, bare: true);
    }

    /// <summary>The questions about the objects that never change.</summary>
    private string[] Steady =>
    [
        $"web.{SteadyNamespace}.svc.{_zone}. A", $"_http._tcp.web.{SteadyNamespace}.svc.{_zone}. SRV",
        $"db.{SteadyNamespace}.svc.{_zone}. A",
        $"db-0.db.{SteadyNamespace}.svc.{_zone}. A", $"ext.{SteadyNamespace}.svc.{_zone}. CNAME", "1.200.96.10.in-addr.arpa. PTR",
        "1.200.244.10.in-addr.arpa. PTR", $"{SteadyNamespace}.svc.{_zone}. A", $"nobody.{SteadyNamespace}.svc.{_zone}. A",
    ];

    /// <summary>Runs it; what went wrong first, or null.</summary>
    public static async Task<string?> RunAsync(int seed, int phases, int changes)
    {
        World drawn = WorldGenerator.Make(seed);
        // The cluster's own rules as they were drawn, and nothing besides the cluster.
        World rules = drawn with
        {
            Synced = true, NoEndpoints = false, Order = World.DefaultOrder, Hosts = [], Entries = [], Upstream = null, Views = [],
            ExposedNamespaces = drawn.ExposedNamespaces.Count == 0 ? [] : [.. drawn.ExposedNamespaces, SteadyNamespace, "met"],
        };
        await using FakeApiServer server = await FakeApiServer.StartAsync();
        await using var churn = new Churn(seed, rules, server);
        await churn._world.UntilAsync(() => churn._world.IsWatching, Step);
        await using Watcher watcher = await Watcher.OfAsync(churn._world, churn.Steady);
        for (int phase = 0; phase < phases; phase++)
        {
            await churn.ChangeAsync(changes);
            await churn.SettleAsync(phase);
            if (watcher.Wrong.FirstOrDefault() is { } blinked) return $"phase {phase}: unchanged, but {blinked}";
            if (churn._world.Log.All.FirstOrDefault(line => line.Contains("skipped", StringComparison.Ordinal)) is { } skipped)
                return $"phase {phase}: {skipped}";
            if (await churn.CompareAsync() is { } wrong) return $"phase {phase}: {wrong}";
        }

        return watcher.Rounds > phases ? null : "the watcher did not ask";
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private async Task ChangeAsync(int changes)
    {
        string[] faults = [.. LiveFaults.All.Keys];
        for (int change = 0; change < changes; change++)
        {
            Change();
            if (_random.Next(100) == 0) LiveFaults.All[faults[_random.Next(faults.Length)]](_world);
            if (change % 20 != 0) continue;
            _world.Time.Advance(Step);
            await Task.Yield();
        }
    }

    private void Change()
    {
        World source = _pool[_random.Next(_pool.Length)];
        bool delete = _random.Next(4) == 0;
        switch (_random.Next(10))
        {
            case 0 when Pick(source.Namespaces) is { } item:
                if (delete) _objects.DeleteNamespace(item.Name);
                else _objects.Put(item);
                break;
            case < 5 when Pick(source.Services) is { } item:
                if (delete) _objects.DeleteService(item.Namespace, item.Name);
                else _objects.Put(item);
                break;
            case < 9 when Pick(source.EndpointSlices) is { } item:
                if (delete) _objects.DeleteSlice(item.Namespace, item.Name);
                else _objects.Put(item);
                break;
            default:
                if (Pick(source.PodList) is not { } pod) break;
                if (delete) _objects.DeletePod(pod.Namespace, pod.Name);
                else _objects.Put(pod);
                break;
        }
    }

    /// <summary>Waits until the last change of each kind has arrived: behind all changes come objects that make a name together.</summary>
    private async Task SettleAsync(int phase)
    {
        _world.Server.Faults.Clear();
        string address = $"10.250.{phase}.1";
        _objects.Put(new NamespaceObject { Name = "met", Labels = LabelsOf(_objects.World) });
        string name = $"met{phase}";
        _objects.Put(new ServiceObject
        {
            Namespace = "met", Name = name, ClusterIPs = [IPAddress.Parse($"10.97.{phase}.1")], Labels = LabelsOf(_objects.World),
        });
        _objects.Put(new EndpointSliceObject { Namespace = "met", Name = name, ServiceName = name, Endpoints = [EndpointAt(address)] });
        _objects.Put(new PodObject { Namespace = "met", Name = $"met{phase}", IPs = [IPAddress.Parse(address)] });
        await _world.UntilAnswerAsync($"h.met{phase}.met.svc.{_zone}. A", address, Step);
        if (_objects.World.Pods == "verified") await _world.UntilAnswerAsync($"10-250-{phase}-1.met.pod.{_zone}. A", address, Step);
        await _world.UntilAsync(() => _world.IsWatching, Step);
        _objects.DeleteNamespace("met");
        await _world.UntilAnswerAsync($"met.svc.{_zone}. A", "NXDOMAIN", Step);
    }

    /// <summary>Every name that was ever there, and random ones: as a fresh start on the same objects answers, and as the oracle.</summary>
    private async Task<string?> CompareAsync()
    {
        World world = _objects.World with { Seed = _random.Next() };
        var live = new LiveSubject(_world);
        (string, ISubject)[] others = [("a fresh start", new EngineSubject()), ("the oracle", new OracleSubject())];
        IEnumerable<OracleQuestion> known =
            from record in _pool.Append(world).SelectMany(each => new ClusterRecords(each with { Zone = world.Zone }).All)
            select new OracleQuestion(record.Owner, record.Type);
        foreach (OracleQuestion question in known.Distinct().Concat(new QuestionGenerator(world).Take(200)))
        {
            OracleAnswer got = await live.AskAsync(world, question);
            foreach ((string name, ISubject other) in others)
            {
                OracleAnswer right = await other.AskAsync(world, question);
                if (!Comparison.Same(right, got)) return $"{question}\n  is {got.Normal()}\n  not {right.Normal()} as {name} says";
            }
        }

        return null;
    }

    private void PutSteady(World rules)
    {
        Dictionary<string, string> labels = LabelsOf(rules);
        PortObject[] ports = [new("http", 80, "TCP")];
        _objects.Put(new NamespaceObject { Name = SteadyNamespace, Labels = labels });
        var service = new ServiceObject { Namespace = SteadyNamespace, Name = "web", Ports = ports, Labels = labels };
        _objects.Put(service with { ClusterIPs = [IPAddress.Parse("10.96.200.1")] });
        _objects.Put(service with { Name = "db", Headless = true });
        _objects.Put(service with { Name = "ext", Type = "ExternalName", ExternalName = "far.example", Ports = [] });
        foreach (string name in (string[])["web", "db"])
            _objects.Put(new EndpointSliceObject
            {
                Namespace = SteadyNamespace, Name = $"{name}-1", ServiceName = name, Ports = ports,
                Endpoints = [EndpointAt(name == "web" ? "10.244.200.9" : "10.244.200.1") with { Hostname = $"{name}-0" }],
            });
    }

    private static EndpointObject EndpointAt(string address) => new() { Addresses = [IPAddress.Parse(address)], Hostname = "h" };

    /// <summary>Labels that every selector of these rules selects.</summary>
    private static Dictionary<string, string> LabelsOf(World rules) => new()
    {
        ["tier"] = (rules.Labels + rules.NamespaceLabels).Contains("tier!=", StringComparison.Ordinal) ? "back" : "front", ["team"] = "a",
    };

    private static void Configure(KubernetesOptions options, World rules)
    {
        options.Zone = rules.Zone;
        options.Ttl = rules.Ttl;
        options.Pods = Enum.Parse<PodRecords>(rules.Pods, ignoreCase: true);
        options.Ptr = Enum.Parse<EndpointPointers>(rules.Ptr, ignoreCase: true);
        options.EndpointPodNames = rules.EndpointPodNames;
        options.NoEndpoints = rules.NoEndpoints;
        options.IgnoreEmptyService = rules.IgnoreEmptyService;
        options.Fallthrough = rules.Fallthrough;
        options.Namespaces = rules.ExposedNamespaces;
        options.Labels = rules.Labels;
        options.NamespaceLabels = rules.NamespaceLabels;
        options.ClusterDns = rules.ClusterDns.ToString();
    }

    private T? Pick<T>(IReadOnlyList<T> pool) where T : class => pool.Count == 0 ? null : pool[_random.Next(pool.Count)];

    /// <summary>The engine that follows the server, as a side of the comparison.</summary>
    private sealed class LiveSubject(LiveWorld live) : ISubject
    {
        public async Task<OracleAnswer> AskAsync(World world, OracleQuestion question) =>
            ReplyText.Read(await live.AskRawAsync(question.Name, question.Type));
    }
}
