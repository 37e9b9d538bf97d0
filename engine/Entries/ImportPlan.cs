namespace KubeDoH.Engine.Entries;

/// <summary>How an import stands to what is there.</summary>
public enum ImportMode
{
    /// <summary>Creates and replaces, whoever wrote what is there; nothing is deleted.</summary>
    Merge,

    /// <summary>
    /// Makes the entries of one source what the import says: those that it does not name are deleted. Other sources' entries stay as
    /// they are.
    /// </summary>
    Replace,

    /// <summary>Brings an export back as it was, with revisions and moments.</summary>
    Restore,
}

/// <summary>What an import did to one entry, or would do.</summary>
/// <param name="Outcome">Created, replaced or deleted.</param>
/// <param name="Before">Whose it was, where it was somebody else's.</param>
public sealed record ImportChange(StoreOutcome Outcome, EntryKey Key, string? Before);

/// <summary>What an import did, or would do.</summary>
/// <param name="Revision">The store's revision afterwards.</param>
public sealed record ImportPlan(long Revision, int Created, int Changed, int Deleted, int Unchanged)
{
    /// <summary>Changes beyond these are counted, not told one by one.</summary>
    public const int MaxChanges = 1000;

    /// <summary>The first changes, those that are no deletions in the order of the text.</summary>
    public IReadOnlyList<ImportChange> Changes { get; init; } = [];
}

/// <summary>What came of an import: a plan, or why nothing of it happened.</summary>
public sealed record ImportResult
{
    public ImportPlan? Plan { get; init; }

    /// <summary>What the store said to the first write that stopped the others.</summary>
    public WriteResult? Failure { get; init; }

    /// <summary>Lines that stand in the way of an import that has to be whole; null when there are none.</summary>
    public bool IsNotWhole { get; init; }
}
