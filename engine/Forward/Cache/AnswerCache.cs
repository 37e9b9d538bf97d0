using System.Collections.Concurrent;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Caching.Memory;

namespace KubeDoH.Engine.Forward.Cache;

/// <summary>
/// What upstreams answered, bounded in bytes. A look-up takes no lock and allocates nothing. Every change is made under one lock: with
/// changes side by side the store's own sum of sizes drifts, and beyond its limit it turns newcomers away, so the queue makes room first.
/// Local data never comes here.
/// </summary>
public sealed class AnswerCache : IDisposable
{
    /// <summary>An answer that would take more than this part of the cache is not kept: it would push too many others out.</summary>
    private const int LargestPart = 8;

    /// <summary>An answer is asked for anew in the last tenth of its TTL.</summary>
    private const int PrefetchPart = 10;

    private readonly CacheOptions _options;
    private readonly TimeProvider _time;
    private readonly CacheTtls _ttls;
    private readonly MemoryCache _lines;
    private readonly CacheQueue _queue = new();
    private readonly ConcurrentDictionary<string, SharedQuestion> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SharedQuestion>.AlternateLookup<ReadOnlySpan<char>> _openByKey;
    private readonly Lock _lock = new();
    private long _bytes, _evictions, _deniedEvictions, _denials;

    public AnswerCache(CacheOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _ttls = new CacheTtls(options, time);
        _lines = new MemoryCache(new MemoryCacheOptions { SizeLimit = options.Size, ExpirationScanFrequency = TimeSpan.MaxValue });
        _openByKey = _open.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>False where <c>Cache:Size</c> is 0.</summary>
    public bool IsOn => _options.Size > 0;

    public CacheTotals Totals
    {
        get
        {
            lock (_lock)
            {
                return new CacheTotals(
                    _queue.Count, _bytes, _options.Size, Counts.Hits, Counts.Misses, Counts.Shared, Counts.StaleServed,
                    Counts.FailuresServed, Counts.Prefetches, _evictions)
                { Denials = _denials, DeniedHits = Counts.DeniedHits, DeniedEvictions = _deniedEvictions };
            }
        }
    }

    internal RuleOrigins Origins { get; } = new();

    internal CacheCounts Counts { get; } = new();

    /// <summary>What is kept for a name and, where <paramref name="below"/> says so, for the names below it; the oldest first.</summary>
    /// <param name="most">No more than so many.</param>
    public IReadOnlyList<CachedAnswer> List(DnsName name, bool below = true, int most = int.MaxValue)
    {
        long now = _time.GetTimestamp();
        CacheLine[] lines;
        lock (_lock)
        {
            lines = [.. _queue.Lines.Where(line => !IsGone(line, now) && CacheKey.Covers(name, below, line.Key)).Take(most)];
        }

        return [.. lines.Select(line => Describe(line, now))];
    }

    /// <summary>Forgets everything; returns how many answers that were.</summary>
    public int Flush() => Flush(DnsName.Root, below: true);

    /// <summary>
    /// Forgets what is kept for a name, for the names below it too where <paramref name="below"/> says so, and of one type only where one
    /// is named. An answer that is on its way now is still given to those who wait for it, and not kept. Returns how many answers went.
    /// </summary>
    public int Flush(DnsName name, bool below = false, RecordType? type = null)
    {
        bool Concerns(string key) => (type is null || CacheKey.TypeOf(key) == type) && CacheKey.Covers(name, below, key);
        lock (_lock)
        {
            foreach (KeyValuePair<string, SharedQuestion> open in _open)
            {
                if (!Concerns(open.Key)) continue;
                open.Value.Revoked = true;
                _open.TryRemove(open);
            }

            CacheLine[] lines = [.. _queue.Lines.Where(line => Concerns(line.Key))];
            foreach (CacheLine line in lines) Remove(line);
            return lines.Length;
        }
    }

    public void Dispose() => _lines.Dispose();

    internal CacheLine? Find(ReadOnlySpan<char> key) => _lines.TryGetValue(key, out object? line) ? (CacheLine?)line : null;

    /// <summary>The question of this key that is on its way, or a new one that the caller must send and <see cref="Close"/>.</summary>
    internal SharedQuestion Open(ReadOnlySpan<char> key, RuleOrigin origin, long now, out bool isNew)
    {
        isNew = false;
        if (_openByKey.TryGetValue(key, out SharedQuestion? open)) return open;
        var mine = new SharedQuestion(key.ToString(), origin, now);
        open = _open.GetOrAdd(mine.Key, mine);
        isNew = ReferenceEquals(open, mine);
        return open;
    }

    /// <summary>Takes a question off the way, and keeps what came of it; returns the answer as it is given on.</summary>
    internal Answer Close(SharedQuestion question, Answer answer)
    {
        Answer given = IsOn ? Keep(question, answer) : answer;
        Abandon(question);
        return given;
    }

    /// <summary>Takes a question off the way of which nothing came.</summary>
    internal void Abandon(SharedQuestion question) => _open.TryRemove(KeyValuePair.Create(question.Key, question));

    private Answer Keep(SharedQuestion question, Answer answer)
    {
        bool isAnswer = answer.Rcode is Rcode.NoError or Rcode.NxDomain;
        if (!isAnswer && !CacheFailures.IsKept(answer)) return answer;
        TimeSpan lifetime = default;
        if (isAnswer) answer = _ttls.Shape(answer, out lifetime);
        long now = _time.GetTimestamp();
        if (isAnswer) question.Origin.Answered(now);
        lock (_lock)
        {
            if (question.Revoked) return answer;
            CacheLine? old = Find(question.Key);
            if (!isAnswer) Put(CacheFailures.Line(question, old, answer, now, _ttls, _time), old, now);
            else if (lifetime > TimeSpan.Zero) Put(LineOf(question, old, answer, now, lifetime), old, now);
            else if (old is not null) Remove(old);
        }

        return answer;
    }

    private CacheLine LineOf(SharedQuestion question, CacheLine? old, Answer answer, long now, TimeSpan lifetime)
    {
        long expires = now + _time.TicksOf(lifetime);
        return new CacheLine(question.Key, question.Origin)
        {
            Answer = answer,
            ExpiresAt = expires,
            StaleUntil = expires + _time.TicksOf(_options.ServeStale),
            PrefetchAt = expires - _time.TicksOf(lifetime / PrefetchPart),
            EarlierHits = old?.TotalHits ?? 0,
        };
    }

    /// <summary>Makes room and puts a line in, in the place of the one before it.</summary>
    private void Put(CacheLine line, CacheLine? old, long now)
    {
        if (line.Size > _options.Size / LargestPart)
        {
            if (old is not null) Remove(old);
            return;
        }

        while (_bytes + line.Size - (old?.Size ?? 0) > _options.Size && _queue.Victim(other => IsGone(other, now)) is { } victim)
        {
            if (victim == old) old = null;
            Remove(victim);
            _evictions++;
            if (victim.IsDenial) _deniedEvictions++;
        }

        _bytes += line.Size - (old?.Size ?? 0);
        _denials += (line.IsDenial ? 1 : 0) - (old?.IsDenial == true ? 1 : 0);
        if (old is null) _queue.Add(line);
        else _queue.Replace(old, line);
        using (ICacheEntry entry = _lines.CreateEntry(line.Key))
        {
            entry.Value = line;
            entry.Size = line.Size;
        }

        for (int i = 0; i < 2; i++)
            if (_queue.Next() is { } next && IsGone(next, now)) Remove(next);
    }

    private void Remove(CacheLine line)
    {
        _queue.Remove(line);
        _lines.Remove(line.Key);
        _bytes -= line.Size;
        if (line.IsDenial) _denials--;
    }

    private bool IsGone(CacheLine line, long now) => !line.IsStaleAt(now) && !CacheFailures.IsRemembered(line, now, _time);

    private CachedAnswer Describe(CacheLine line, long now)
    {
        bool fresh = line.StateAt(now) == LineState.Fresh, stale = !fresh && line.IsStaleAt(now);
        long until = fresh ? line.ExpiresAt : stale ? line.StaleUntil : line.FailedUntil;
        return new CachedAnswer
        {
            Name = CacheKey.NameOf(line.Key),
            Type = CacheKey.TypeOf(line.Key),
            Rule = line.Origin.Text,
            DnssecOk = CacheKey.HasDnssecOk(line.Key),
            CheckingDisabled = CacheKey.HasCheckingDisabled(line.Key),
            Answer = fresh ? line.Answer! : stale ? line.Stale : line.Failure!,
            Stale = stale,
            SecondsLeft = Math.Max(0, (until - now) / _time.TimestampFrequency),
            Hits = line.TotalHits,
            Size = line.Size,
        };
    }
}
