using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Queries;

/// <summary>
/// What one core counts within a minute. Nobody waits for anybody: a question that comes while it is read goes uncounted by name.
/// </summary>
internal sealed class QueryShard
{
    private readonly Lock _lock = new();
    private readonly HeavyNames _top = new(sets: 64), _nxDomains = new(sets: 32);
    private readonly SlowQuestions _slowest = new();
    private long _questions, _uncounted;

    public void Add(Query query, Answer answer, TimeSpan duration)
    {
        if (!_lock.TryEnter())
        {
            Interlocked.Increment(ref _uncounted);
            return;
        }

        try
        {
            _questions++;
            int hash = DnsNameComparer.Hash(query.Name);
            _top.Add(query.Name, hash);
            if (answer.Rcode == Rcode.NxDomain) _nxDomains.Add(query.Name, hash);
            _slowest.Add(query, answer, duration);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <param name="from">Since when it counts.</param>
    /// <param name="clear">Begins anew.</param>
    public SummaryReading Read(DateTimeOffset from, bool clear)
    {
        lock (_lock)
        {
            long uncounted = clear ? Interlocked.Exchange(ref _uncounted, 0) : Interlocked.Read(ref _uncounted);
            var reading = new SummaryReading(
                from, _questions + uncounted, uncounted, [.. _top.Read()], [.. _nxDomains.Read()], [.. _slowest.Read()]);
            if (!clear) return reading;
            _questions = 0;
            _top.Clear();
            _nxDomains.Clear();
            _slowest.Clear();
            return reading;
        }
    }
}
