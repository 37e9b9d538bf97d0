using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Entries.Transfer;

/// <summary>What an import did or, as a dry run, would do.</summary>
/// <param name="Created">Entries that were not there before.</param>
/// <param name="Changed">Entries that are now as the text says.</param>
/// <param name="Deleted">Entries of the source that the text does not name any more.</param>
/// <param name="Unchanged">Entries that were just so already.</param>
/// <param name="Skipped">The first thousand lines that made no entry.</param>
/// <param name="SkippedCount">All lines that made no entry.</param>
/// <param name="Changes">The first thousand entries that were created, changed or deleted.</param>
/// <param name="Revision">The store's revision now.</param>
internal sealed record ImportReport(
    int Created, int Changed, int Deleted, int Unchanged, IReadOnlyList<SkippedLine> Skipped, int SkippedCount,
    IReadOnlyList<ImportedChange> Changes, long Revision)
{
    public static ImportReport Of(ImportPlan plan, EntryImport import) => new(
        plan.Created, plan.Changed, plan.Deleted, plan.Unchanged, import.Skipped, import.SkippedCount,
        [.. plan.Changes.Select(ImportedChange.Of)], plan.Revision);
}

/// <summary>One entry that an import writes or deletes.</summary>
/// <param name="Change"><c>created</c>, <c>changed</c> or <c>deleted</c>.</param>
/// <param name="TakenFrom">The source that it belonged to, where that was another one.</param>
internal sealed record ImportedChange(string Change, string Name, string Type, string? TakenFrom)
{
    public static ImportedChange Of(ImportChange change) => new(
        change.Outcome switch { StoreOutcome.Created => "created", StoreOutcome.Deleted => "deleted", _ => "changed" },
        change.Key.Name.ToString(), RecordTypeText.Write(change.Key.Type), change.Before);
}

/// <summary>An entry among others in a text of JSON, as a list or an export shows it.</summary>
internal sealed class EntryItem : EntryBody
{
    /// <summary>Who wrote it.</summary>
    public string? Source { get; set; }

    /// <summary>Of the export; a restore brings it back.</summary>
    public long? Revision { get; set; }

    public DateTimeOffset? CreatedAt { get; set; }

    public DateTimeOffset? UpdatedAt { get; set; }

    public EntryOrigin? ToOrigin() =>
        Revision is { } revision && CreatedAt is { } created && UpdatedAt is { } updated
            ? new EntryOrigin(revision, created, updated)
            : null;
}

/// <summary>Every entry at one moment, to be kept and restored. Exports of one source or suffix hold those entries only.</summary>
/// <param name="Format">What this is: <c>kubedoh-entries-1</c>.</param>
/// <param name="Revision">The store's revision at that moment; a restore goes on above it.</param>
/// <param name="Entries">In canonical order of their names.</param>
internal sealed record EntryArchive(string Format, long Revision, DateTimeOffset ExportedAt, IReadOnlyList<EntryDocument> Entries)
{
    public const string FormatName = "kubedoh-entries-1";
}
