namespace KubeDoH.Engine.Forward.Cache;

/// <summary>What became of the questions that reached the cache, counted since the start.</summary>
internal sealed class CacheCounts
{
    private long _hits, _deniedHits, _misses, _shared, _staleServed, _failuresServed, _prefetches;

    public long Hits => Volatile.Read(ref _hits);

    /// <summary>Those of the hits that told that there is nothing.</summary>
    public long DeniedHits => Volatile.Read(ref _deniedHits);

    public long Misses => Volatile.Read(ref _misses);

    public long Shared => Volatile.Read(ref _shared);

    public long StaleServed => Volatile.Read(ref _staleServed);

    public long FailuresServed => Volatile.Read(ref _failuresServed);

    public long Prefetches => Volatile.Read(ref _prefetches);

    public void Hit(bool denied)
    {
        Interlocked.Increment(ref _hits);
        if (denied) Interlocked.Increment(ref _deniedHits);
    }

    public void Stale() => Interlocked.Increment(ref _staleServed);

    public void Failed() => Interlocked.Increment(ref _failuresServed);

    public void Prefetch() => Interlocked.Increment(ref _prefetches);

    public void Miss(bool shared)
    {
        Interlocked.Increment(ref _misses);
        if (shared) Interlocked.Increment(ref _shared);
    }
}
