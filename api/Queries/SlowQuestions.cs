using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Queries;

/// <summary>A name and type, and the longest that a question for them took.</summary>
internal sealed record SlowQuestion(DnsName Name, RecordType Type, Rcode Rcode, string Source, TimeSpan Duration);

/// <summary>Keeps the slowest questions, one of a name and type, in memory that does not grow. Not for two threads at once.</summary>
internal sealed class SlowQuestions
{
    public const int Most = 32;

    private readonly Slot[] _slots = new Slot[Most];
    private readonly byte[] _names = new byte[Most * WireName.MaxLength];

    /// <summary>Whoever took no longer is not kept.</summary>
    private long _least;

    public void Add(Query query, Answer answer, TimeSpan duration)
    {
        if (duration.Ticks <= _least) return;
        int place = PlaceOf(query);
        if (duration.Ticks <= _slots[place].Ticks) return;
        query.Name.CopyTo(_names.AsSpan(place * WireName.MaxLength));
        _slots[place] = new Slot((byte)query.Name.Length, query.Type, answer.Rcode, answer.Source, duration.Ticks);
        _least = _slots[Least()].Ticks;
    }

    public IEnumerable<SlowQuestion> Read() =>
        from i in Enumerable.Range(0, Most)
        let slot = _slots[i]
        where slot.Ticks > 0
        select new SlowQuestion(DnsName.Copy(NameOf(i)), slot.Type, slot.Rcode, slot.Source, TimeSpan.FromTicks(slot.Ticks));

    public void Clear()
    {
        Array.Clear(_slots);
        _least = 0;
    }

    /// <summary>Where the same question is, else where the quickest is.</summary>
    private int PlaceOf(Query query)
    {
        for (int i = 0; i < Most; i++)
            if (_slots[i].Type == query.Type && NameOf(i).SequenceEqual(query.Name)) return i;
        return Least();
    }

    private int Least()
    {
        int least = 0;
        for (int i = 1; i < Most; i++)
            if (_slots[i].Ticks < _slots[least].Ticks) least = i;
        return least;
    }

    private ReadOnlySpan<byte> NameOf(int slot) => _names.AsSpan(slot * WireName.MaxLength, _slots[slot].Length);

    private record struct Slot(byte Length, RecordType Type, Rcode Rcode, string Source, long Ticks);
}
