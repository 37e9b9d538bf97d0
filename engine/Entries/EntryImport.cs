using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>A line of an import that makes no entry, and why.</summary>
/// <param name="Line">1 for the first.</param>
public sealed record SkippedLine(int Line, string Reason);

/// <summary>When an exported entry was written, which a restore brings back.</summary>
public sealed record EntryOrigin(long Revision, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>True for what a store may have counted up to: far above any, and far below where counting ends.</summary>
    public static bool IsRevision(long revision) => revision is >= 0 and < 1L << 53;
}

/// <summary>
/// What a text wants to bring in: drafts, put together of records where the text has records, and the lines that make none. What
/// becomes of it is <see cref="EntryTransfer"/>'s.
/// </summary>
/// <param name="source">What the entries are marked with; null keeps what each of them says.</param>
public sealed class EntryImport(string? source)
{
    /// <summary>What is marked with nothing else.</summary>
    public const string DefaultSource = "import";

    /// <summary>Records, or whole entries, of one import.</summary>
    public const int MaxRecords = 250_000;

    /// <summary>Lines beyond these are counted, not told one by one.</summary>
    public const int MaxSkipped = 1000;

    private readonly Dictionary<EntryKey, ImportedEntry> _byKey = [];
    private readonly HashSet<DnsName> _spared = new(DnsNameComparer.Instance);
    private readonly List<(SkippedLine Line, bool IsBad)> _skipped = [];
    private int _records;

    public string? Source => source;

    /// <summary>The revision of the export that this is; 0 for what says none.</summary>
    public long Revision { get; set; }

    /// <summary>True when <see cref="MaxRecords"/> are in: what is added then is lost.</summary>
    public bool IsFull => _records >= MaxRecords;

    /// <summary>The first lines that make no entry, in their order.</summary>
    public IReadOnlyList<SkippedLine> Skipped => [.. _skipped.Select(s => s.Line).OrderBy(line => line.Line)];

    /// <summary>Those of them that somebody has to mend.</summary>
    public IReadOnlyList<SkippedLine> Bad => [.. _skipped.Where(s => s.IsBad).Select(s => s.Line).OrderBy(line => line.Line)];

    /// <summary>How many lines make no entry, beyond <see cref="MaxSkipped"/> too.</summary>
    public int SkippedCount { get; private set; }

    /// <summary>How many somebody has to mend: without those that an import never takes.</summary>
    public int BadCount { get; private set; }

    /// <summary>The entries, in the order of their first lines.</summary>
    internal IReadOnlyCollection<ImportedEntry> Entries => _byKey.Values;

    /// <summary>Adds a record to the entry of its name and type. The entry's TTL is the least of its records' (RFC 2181 5.2).</summary>
    /// <param name="text">RDATA in presentation form.</param>
    /// <param name="autoPtr">True for any record: the entry's addresses lead back to its name. Null: the default.</param>
    public void AddRecord(int line, EntryKey key, long? ttl, string text, bool? autoPtr = null)
    {
        if (IsFull) return;
        _records++;
        if (!_byKey.TryGetValue(key, out ImportedEntry? entry))
            _byKey[key] = entry = new ImportedEntry(line, new EntryDraft(key.Name, key.Type) { Source = source ?? DefaultSource }, null);
        entry.Records.Add(text);
        entry.Ttl = entry.Ttl < ttl ? entry.Ttl : ttl ?? entry.Ttl;
        if (autoPtr is not null) entry.AutoPtr = autoPtr == true || entry.AutoPtr == true;
    }

    /// <summary>Adds a whole entry; one of the same name and type that came before stands.</summary>
    public void AddEntry(int line, EntryDraft draft, EntryOrigin? origin)
    {
        if (IsFull) return;
        _records++;
        var key = new EntryKey(draft.Name, draft.Type);
        if (_byKey.TryGetValue(key, out ImportedEntry? first))
            Skip(line, $"{key.Name} {RecordTypeText.Write(key.Type)} stands in line {first.Line} already", key.Name);
        else
            _byKey[key] = new ImportedEntry(line, source is null ? draft : draft with { Source = source }, origin);
    }

    /// <summary>Leaves out a line that cannot be used.</summary>
    /// <param name="name">Whose line it is, where that is known: its entries are then spared.</param>
    public void Skip(int line, string reason, DnsName? name = null)
    {
        BadCount++;
        if (name is { } spared) Spare(spared);
        Note(line, reason, isBad: true);
    }

    /// <summary>Entries at this name are not deleted for being missing: a line about them cannot be used.</summary>
    public void Spare(DnsName name) => _spared.Add(name);

    /// <summary>Leaves out a line that is good, and says what an import never takes.</summary>
    public void LeaveOut(int line, string reason) => Note(line, reason, isBad: false);

    internal bool Has(EntryKey key) => _byKey.ContainsKey(key) || _spared.Contains(key.Name);

    private void Note(int line, string reason, bool isBad)
    {
        if (++SkippedCount <= MaxSkipped) _skipped.Add((new SkippedLine(line, reason), isBad));
    }
}

/// <summary>An entry of an import on its way to the store.</summary>
/// <param name="Line">Where it first stands.</param>
/// <param name="Whole">All that is said of it, but the records and the TTL that are collected beside.</param>
internal sealed record ImportedEntry(int Line, EntryDraft Whole, EntryOrigin? Origin)
{
    public List<string?> Records { get; } = new(1);

    public long? Ttl { get; set; }

    public bool? AutoPtr { get; set; }

    public EntryKey Key => new(Whole.Name, Whole.Type);

    public EntryDraft ToDraft() => Records.Count == 0 ? Whole : Whole with { Records = Records, Ttl = Ttl, AutoPtr = AutoPtr };
}
