using System.Numerics;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Api.Queries;

/// <summary>
/// The names asked most, those that did not exist, and the slowest questions, of the last minutes. Each core counts by itself, in
/// memory of a fixed size (some 250 kB a core, of 16 cores at most); what a minute counted is put together when it is over, off the
/// way of the questions.
/// </summary>
internal sealed class QuerySummary : IDisposable
{
    /// <summary>Minutes that are remembered, the present one among them.</summary>
    public const int Minutes = 10;

    private const int MostShards = 16;

    private readonly QueryShard?[] _shards =
        new QueryShard?[BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, MostShards))];

    private readonly Lock _lock = new();
    private readonly Queue<SummaryReading> _past = new();
    private readonly TimeProvider _time;
    private readonly ITimer _minute;
    private DateTimeOffset _from;

    public QuerySummary(TimeProvider time)
    {
        _time = time;
        _from = time.GetUtcNow();
        _minute = time.CreateTimer(_ => Turn(), null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
    }

    /// <summary>Counts a question. No allocation, but for the first of each core.</summary>
    public void Add(Query query, Answer answer, TimeSpan duration)
    {
        ref QueryShard? shard = ref _shards[Thread.GetCurrentProcessorId() & (_shards.Length - 1)];
        (Volatile.Read(ref shard) ?? Make(ref shard)).Add(query, answer, duration);
    }

    /// <summary>What the last minutes counted; the present one is one of them.</summary>
    public SummaryReading Read(int minutes)
    {
        lock (_lock) return SummaryReading.Sum([.. _past.TakeLast(minutes - 1), Now(clear: false)]);
    }

    public void Dispose() => _minute.Dispose();

    private static QueryShard Make(ref QueryShard? shard)
    {
        var made = new QueryShard();
        return Interlocked.CompareExchange(ref shard, made, null) ?? made;
    }

    private void Turn()
    {
        lock (_lock)
        {
            _past.Enqueue(Now(clear: true));
            if (_past.Count == Minutes) _past.Dequeue();
            _from = _time.GetUtcNow();
        }
    }

    private SummaryReading Now(bool clear)
    {
        IEnumerable<SummaryReading> shards = _shards.OfType<QueryShard>().Select(shard => shard.Read(_from, clear));
        return SummaryReading.Sum([new SummaryReading(_from, 0, 0, [], [], []), .. shards]);
    }
}
