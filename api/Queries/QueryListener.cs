using System.Threading.Channels;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Api.Queries;

/// <summary>
/// Somebody who wants to see questions, and what waits for them: so many at most. What there is no room for is counted, and costs
/// whoever asked it nothing else.
/// </summary>
internal sealed class QueryListener(QueryFilter filter)
{
    /// <summary>Questions that wait; with the pace of <see cref="QueryStream"/> some 1,200 a second.</summary>
    public const int Room = 128;

    private readonly Channel<AskedQuestion> _channel = Channel.CreateBounded<AskedQuestion>(
        new BoundedChannelOptions(Room) { SingleReader = true });
    private int _waiting;
    private long _dropped;

    public ChannelReader<AskedQuestion> Questions => _channel.Reader;

    public bool Wants(Query query, Answer answer, TimeSpan duration) => filter.Matches(query, answer, duration);

    /// <summary>Takes a place for a question, to be filled by <see cref="Put"/>; false, and counted, when there is none.</summary>
    public bool TryTakePlace()
    {
        if (Volatile.Read(ref _waiting) < Room)
        {
            if (Interlocked.Increment(ref _waiting) <= Room) return true;
            Interlocked.Decrement(ref _waiting);
        }

        Interlocked.Increment(ref _dropped);
        return false;
    }

    public void Put(AskedQuestion question) => _channel.Writer.TryWrite(question);

    /// <summary>The next that waits; null when there is none.</summary>
    public AskedQuestion? Take()
    {
        if (!_channel.Reader.TryRead(out AskedQuestion? question)) return null;
        Interlocked.Decrement(ref _waiting);
        return question;
    }

    /// <summary>How many were dropped since this was last asked.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);

    /// <summary>No more come.</summary>
    public void End() => _channel.Writer.TryComplete();
}
