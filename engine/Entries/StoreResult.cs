namespace KubeDoH.Engine.Entries;

/// <summary>What came of a write.</summary>
public enum StoreOutcome
{
    Created,
    Replaced,

    /// <summary>The entry was there already, just so: nothing was written, its revision stays.</summary>
    Unchanged,

    Deleted,
    NotFound,

    /// <summary>The condition does not hold; nothing was written.</summary>
    PreconditionFailed,

    /// <summary>The entry breaks a rule; nothing was written.</summary>
    Refused,

    /// <summary>Nothing is wrong with this write; another one of its batch failed.</summary>
    NotTried,

    /// <summary>The store cannot make several writes together; nothing was written.</summary>
    NotAtomic,

    /// <summary>There are as many entries as there may be; nothing was written.</summary>
    TooMany,

    /// <summary>The disk is full; nothing was written.</summary>
    Full,

    /// <summary>The store cannot be written now; nothing was written.</summary>
    Unavailable,
}

/// <summary>What came of one write.</summary>
/// <param name="Entry">The entry as it now is; the deleted one; or the one whose revision is not that of the condition.</param>
/// <param name="Violations">What is wrong with a refused entry.</param>
public sealed record WriteResult(StoreOutcome Outcome, Entry? Entry = null, IReadOnlyList<EntryViolation>? Violations = null)
{
    public bool Succeeded => Outcome is StoreOutcome.Created or StoreOutcome.Replaced or StoreOutcome.Unchanged or StoreOutcome.Deleted;
}

/// <summary>What came of writes that were to happen together.</summary>
/// <param name="Revision">The store's revision afterwards.</param>
/// <param name="Writes">One for each write, in their order.</param>
public sealed record StoreResult(long Revision, IReadOnlyList<WriteResult> Writes)
{
    public bool Succeeded => FailedAt is null;

    /// <summary>The first write that stopped the others; null when all of them happened.</summary>
    public int? FailedAt
    {
        get
        {
            for (int i = 0; i < Writes.Count; i++)
                if (Writes[i] is { Succeeded: false, Outcome: not StoreOutcome.NotTried }) return i;
            return null;
        }
    }

    /// <summary>The same came of each of the writes.</summary>
    internal static StoreResult All(long revision, int count, StoreOutcome outcome) =>
        new(revision, [.. Enumerable.Repeat(new WriteResult(outcome), count)]);
}

/// <summary>What must be true of the entry that is there for a write to happen (RFC 9110 13.1). Its revisions are those of ETags.</summary>
/// <param name="Match">One of these must be there; an empty list: any.</param>
/// <param name="NoneMatch">None of these may be there; an empty list: none at all.</param>
public sealed record EntryCondition(IReadOnlyList<long>? Match = null, IReadOnlyList<long>? NoneMatch = null)
{
    public static readonly EntryCondition None = new();

    /// <summary>Create only.</summary>
    public static readonly EntryCondition Absent = new(NoneMatch: []);

    /// <summary>Replace only.</summary>
    public static readonly EntryCondition Present = new(Match: []);

    public static EntryCondition Is(long revision) => new(Match: [revision]);

    /// <param name="revision">Of the entry that is there; null when there is none.</param>
    internal bool Holds(long? revision) =>
        (Match is null || Names(Match, revision)) && (NoneMatch is null || !Names(NoneMatch, revision));

    private static bool Names(IReadOnlyList<long> list, long? revision) =>
        revision is { } there && (list.Count == 0 || list.Contains(there));
}
