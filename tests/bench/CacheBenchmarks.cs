using BenchmarkDotNet.Attributes;

namespace KubeDoH.Bench;

/// <summary>Bytes in to bytes out for names that upstreams answered. Budget of a hit: under 1 µs, 0 B.</summary>
public class CacheBenchmarks
{
    private const int Names = 65_536;

    private readonly CacheWorld _world = CacheWorld.OfSize(256 << 20);
    private readonly byte[] _reply = new byte[4096];
    private readonly byte[][] _questions = [.. Enumerable.Range(0, Names).Select(CacheWorld.Question)];
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        foreach (byte[] question in _questions) _world.Ask(question, _reply);
    }

    [Benchmark(Description = "cache hit: one name")]
    public int HitOne() => _world.Ask(_questions[0], _reply);

    [Benchmark(Description = "cache hit: 65,536 names in turn")]
    public int HitMany() => _world.Ask(_questions[_next++ % Names], _reply);
}
