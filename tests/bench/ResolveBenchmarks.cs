using BenchmarkDotNet.Attributes;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Bench;

/// <summary>Bytes in to bytes out of the engine, by what answers. Budget of a hit: under 1 µs, 0 B.</summary>
public class ResolveBenchmarks
{
    private readonly SampleEngine _engine = SampleEngine.Load();
    private readonly byte[] _reply = new byte[4096];
    private byte[] _question = [];

    /// <summary>Whose question it is, and its name and type; behind @ when seen from the namespace dns-playground.</summary>
    [Params(
        "entries exact: db.corp.example A", "entries wildcard: any.corp.example A", "entries scoped: @scoped.corp.example A",
        "hosts: dns-playground.external A", "hosts NODATA: dns-playground.external AAAA",
        "cluster service: secco.dns-playground.svc.cluster.local A", "cluster SRV: _dns._udp.kube-dns.kube-system.svc.cluster.local SRV",
        "cluster endpoint: my-pet.headless.spec.svc.cluster.local A", "cluster PTR: 1.0.96.10.in-addr.arpa PTR",
        "cluster NXDOMAIN: nothing.dns-playground.svc.cluster.local A", "cluster pod: 10-244-0-8.dns-playground.pod.cluster.local A",
        "special: www.localhost A", "search walk: @secco A", "alias chain: alias.corp.example A")]
    public string Case { get; set; } = "";

    private bool SeenFromNamespace => Case.Contains('@', StringComparison.Ordinal);

    [GlobalSetup]
    public void Setup()
    {
        string[] words = Case[(Case.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(' ', '@').Split(' ');
        if (!RecordTypeText.TryRead(words[1], out RecordType type)) throw new ArgumentException(Case);
        _question = SampleEngine.Question(words[0], type);
    }

    [Benchmark]
    public int Resolve() => _engine.Ask(_question, SeenFromNamespace, _reply);
}
