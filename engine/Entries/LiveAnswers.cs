using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// The finished answers of an owner name until the first of its entries expires. What stands in their place from then on is built by
/// the first who asks after that moment, and kept: expiry is exact, and costs readers nothing otherwise.
/// </summary>
internal sealed class LiveAnswers
{
    private readonly string _source;
    private readonly bool _passThrough;
    private readonly long _until;
    private Later? _later;

    private LiveAnswers(DnsName owner, string source, IReadOnlyCollection<EntryPart> parts)
    {
        bool wildcard = WireName.FirstLabel(owner.Span) is [(byte)'*'];
        IReadOnlyList<RRset> rrsets = Merge(parts);
        _source = source;
        Parts = [.. parts];
        Node = new OwnerNode(owner, source, rrsets, wildcard);
        _passThrough = parts.Any(p => p.PassThrough);
        _until = parts.Min(p => p.ExpiresAt);
        Dname = rrsets.FirstOrDefault(r => r.Type == RecordType.DNAME);
    }

    /// <summary>The name with its answers.</summary>
    public OwnerNode Node { get; }

    /// <summary>What they were made from.</summary>
    public IReadOnlyList<EntryPart> Parts { get; }

    /// <summary>The DNAME of the name, which renames what lies below it; null for most.</summary>
    public RRset? Dname { get; }

    public static LiveAnswers? Build(DnsName owner, string source, IReadOnlyCollection<EntryPart> parts) =>
        parts.Count == 0 ? null : new LiveAnswers(owner, source, parts);

    /// <summary>What stands here now; null when everything has expired.</summary>
    public LiveAnswers? At(TimeProvider time)
    {
        if (_until == EntryPart.Never) return this;
        long now = time.GetUtcNow().UtcTicks;
        return _until > now ? this : After(now);
    }

    private LiveAnswers? After(long now)
    {
        Later? later = Volatile.Read(ref _later);
        if (later is null || later.Live?._until <= now)
        {
            later = new Later(Build(Node.Name, _source, [.. Parts.Where(p => p.ExpiresAt > now)]));
            Volatile.Write(ref _later, later);
        }

        return later.Live;
    }

    /// <summary>
    /// The answer of the type, or <paramref name="noData"/>; null when one of the entries leaves other types to the next source.
    /// </summary>
    public Answer? Find(RecordType type, Answer noData) => Node.Find(type) ?? (_passThrough ? null : noData);

    /// <summary>Records of one type from several entries are one RRset (automatic PTRs); its TTL is the smallest.</summary>
    private static List<RRset> Merge(IReadOnlyCollection<EntryPart> parts) =>
    [
        .. parts.GroupBy(p => p.Records.Type).Select(same => same.Count() == 1
            ? same.First().Records
            : new RRset(same.Key, same.Min(p => p.Records.Ttl),
                [.. same.SelectMany(p => p.Records.Data).Order(RecordDataOrder.Instance)])),
    ];

    /// <summary>What is left when the first have expired.</summary>
    /// <param name="Live">Null for nothing.</param>
    private sealed record Later(LiveAnswers? Live);
}
