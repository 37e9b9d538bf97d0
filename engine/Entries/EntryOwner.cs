using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// A name of an <see cref="EntryLayer"/>: its own answers, and until when there is anything below it. Readers see two fields that
/// are swapped whole; the rest belongs to the one writer.
/// </summary>
internal sealed class EntryOwner(DnsName name)
{
    private readonly EntryParts _parts = new();
    private readonly Lifetimes _below = new();
    private LiveAnswers? _answers;
    private long _belowUntil;

    public DnsName Name => name;

    /// <summary>UTC ticks until which the name itself has records; 0 for none.</summary>
    public long Until => _parts.Latest;

    public bool IsEmpty => _parts.All.Count == 0 && _below.Latest == 0;

    /// <summary>The answers that stand now; null when the name has none.</summary>
    public LiveAnswers? Answers(TimeProvider time) => Volatile.Read(ref _answers)?.At(time);

    /// <summary>True when a name below this one has records now: an empty non-terminal exists (RFC 4592 2.2.2).</summary>
    public bool HasNamesBelow(TimeProvider time) => Volatile.Read(ref _belowUntil) switch
    {
        0 => false,
        EntryPart.Never => true,
        long until => until > time.GetUtcNow().UtcTicks,
    };

    /// <summary>Puts a part in the place of the same entry's, or with null takes it away; <see cref="Build"/> then shows it.</summary>
    public void Set(EntryKey key, EntryPart? part) => _parts.Set(key, part);

    /// <summary>Makes the answers of the parts that there are now.</summary>
    public void Build(string source) => Volatile.Write(ref _answers, LiveAnswers.Build(name, source, _parts.All));

    /// <summary>
    /// A name below lived until <paramref name="before"/> and now lives until <paramref name="after"/>; 0 for not at all.
    /// </summary>
    public void ChangeBelow(long before, long after)
    {
        _below.Remove(before);
        _below.Add(after);
        Volatile.Write(ref _belowUntil, _below.Latest);
    }
}

/// <summary>Moments until which things live, counted, to know the latest.</summary>
internal sealed class Lifetimes
{
    private SortedSet<long>? _moments;
    private Dictionary<long, int>? _counts;
    private int _forever;

    public long Latest => _forever > 0 ? EntryPart.Never : _moments is { Count: > 0 } ? _moments.Max : 0;

    public void Add(long until)
    {
        if (until == EntryPart.Never) _forever++;
        if (until is 0 or EntryPart.Never) return;
        _counts ??= [];
        _counts[until] = _counts.GetValueOrDefault(until) + 1;
        (_moments ??= []).Add(until);
    }

    public void Remove(long until)
    {
        if (until == EntryPart.Never) _forever--;
        if (until is 0 or EntryPart.Never || --_counts![until] > 0) return;
        _counts.Remove(until);
        _moments!.Remove(until);
    }
}
