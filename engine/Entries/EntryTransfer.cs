using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// Many entries at once, in and out. An import happens as a whole or not at all; a line that breaks a rule is left out and named, or
/// stops everything where the import has to be whole. One import at a time.
/// </summary>
public sealed class EntryTransfer
{
    /// <summary>How often an import is planned anew when somebody else's write came in between.</summary>
    private const int MaxRounds = 10;

    private readonly IEntryStore _store;
    private readonly EntryView _view;
    private readonly EntryFeed _feed;
    private readonly EntryRules _rules;
    private readonly TimeProvider _time;
    private readonly ImportGate _gate;
    private readonly EntryBounds _bounds;

    /// <param name="gate">One for all who import into the store.</param>
    /// <param name="bounds">Which entries are read and written; an import that touches others is refused.</param>
    internal EntryTransfer(
        IEntryStore store, EntryView view, EntryFeed feed, EntryRules rules, TimeProvider time, ImportGate gate, EntryBounds bounds)
    {
        _store = store;
        _view = view;
        _feed = feed;
        _rules = rules;
        _time = time;
        _gate = gate;
        _bounds = bounds;
    }

    /// <summary>
    /// Room for the text of one import, until it is disposed; null when there are <see cref="ImportGate.MaxTexts"/> already.
    /// </summary>
    public IDisposable? TryBegin() => _gate.TryBegin();

    /// <param name="isWhole">Nothing happens when a line has to be left out that somebody has to mend; a restore always has it so.</param>
    public async ValueTask<ImportResult> ImportAsync(
        EntryImport import, ImportMode mode, bool isWhole, WriteOptions options, CancellationToken cancellationToken)
    {
        using IDisposable turn = await _gate.TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        return await LongWork.RunAsync(() => ImportInTurnAsync(import, mode, isWhole, options, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>The entries at or below a name, or of a source, as they stand under one revision, in canonical order.</summary>
    public async ValueTask<EntryExport> ExportAsync(DnsName? suffix, string? source, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _time.GetUtcNow();
        await using IAsyncEnumerator<EntryChanges> watch = _store.WatchAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        if (!await watch.MoveNextAsync().ConfigureAwait(false))
            throw new InvalidOperationException("The store told nothing of what it holds.");
        Entry[] entries = [.. watch.Current.Items.Select(item => item.Entry!)
            .Where(entry => !entry.IsExpired(now) && _bounds.Hold(entry) && (source is null || entry.Source == source)
                && (suffix is not { } top || WireName.IsAtOrBelow(entry.Name.Span, top.Span)))
            .OrderBy(entry => entry.Key, EntryOrder.Instance)];
        return new EntryExport(watch.Current.Revision, now, entries);
    }

    private async Task<ImportResult> ImportInTurnAsync(
        EntryImport import, ImportMode mode, bool isWhole, WriteOptions options, CancellationToken cancellationToken)
    {
        List<AcceptedEntry> accepted = Accept(import, mode, options.Override);
        if ((isWhole || mode == ImportMode.Restore) && import.BadCount > 0) return new ImportResult { IsNotWhole = true };
        ImportResult result = mode == ImportMode.Restore
            ? await RestoreAsync(import, accepted, options, cancellationToken).ConfigureAwait(false)
            : await WriteAsync(import, accepted, mode, isWhole, options, cancellationToken).ConfigureAwait(false);
        if (result.Plan is { } plan && !options.DryRun) await _feed.ReachAsync(plan.Revision, cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>
    /// The entries that no rule forbids; the others' lines are left out. What is restored was meant when it was written, names in the
    /// cluster's zone too.
    /// </summary>
    private List<AcceptedEntry> Accept(EntryImport import, ImportMode mode, bool overrideZone)
    {
        bool restores = mode == ImportMode.Restore;
        DateTimeOffset now = _time.GetUtcNow();
        var accepted = new List<AcceptedEntry>(import.Entries.Count);
        foreach (ImportedEntry item in import.Entries)
        {
            EntryDraft draft = item.ToDraft();
            if (draft.ExpiresAt <= now)
                import.LeaveOut(item.Line, $"{draft.Name} {RecordTypeText.Write(draft.Type)} has expired");
            else if (restores && item.Origin is null)
                import.Skip(item.Line, "a restore needs the revision, createdAt and updatedAt of an export", draft.Name);
            else if (_rules.TryAccept(draft, overrideZone || restores, out IReadOnlyList<EntryViolation> violations) is { } entry)
                accepted.Add(new AcceptedEntry(item.Line, restores ? Dated(entry, item.Origin!) : entry));
            else
                import.Skip(item.Line, Sentence(draft, violations), draft.Name);
        }

        return accepted;
    }

    private static Entry Dated(Entry entry, EntryOrigin origin) => entry with
    {
        Revision = origin.Revision,
        CreatedAt = EntryTime.Canonical(origin.CreatedAt),
        UpdatedAt = EntryTime.Canonical(origin.UpdatedAt),
    };

    private static string Sentence(EntryDraft draft, IReadOnlyList<EntryViolation> violations) =>
        $"{draft.Name} {RecordTypeText.Write(draft.Type)}: {string.Join("; ", violations.Select(v => v.Detail))}";

    private async ValueTask<ImportResult> WriteAsync(
        EntryImport import, List<AcceptedEntry> accepted, ImportMode mode, bool isWhole, WriteOptions options,
        CancellationToken cancellationToken)
    {
        for (int round = 1; ; round++)
        {
            var writes = ImportWrites.Plan(import, accepted, mode, _view, _bounds, _time.GetUtcNow());
            if (isWhole && import.BadCount > 0) return new ImportResult { IsNotWhole = true };
            StoreResult result = await _store.WriteAsync(
                writes.Writes, options.Author ?? EntryAuthor.Unknown, options.DryRun, cancellationToken).ConfigureAwait(false);
            if (result.Succeeded) return new ImportResult { Plan = writes.ToPlan(result) };

            writes.LeaveOutRefused(result, import, accepted);
            WriteResult failure = result.Writes[result.FailedAt!.Value];
            bool canTryAgain = failure.Outcome is StoreOutcome.Refused or StoreOutcome.PreconditionFailed && round < MaxRounds;
            if (!canTryAgain) return new ImportResult { Failure = failure };
            await _feed.ReachAsync(result.Revision, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<ImportResult> RestoreAsync(
        EntryImport import, List<AcceptedEntry> accepted, WriteOptions options, CancellationToken cancellationToken)
    {
        // A restore sets revisions, which are everybody's.
        if (_bounds != EntryBounds.Everything) return new ImportResult { Failure = new WriteResult(StoreOutcome.OutOfBounds) };
        var writes = ImportWrites.Plan(import, accepted, ImportMode.Restore, _view, _bounds, _time.GetUtcNow());
        StoreResult result = await _store.RestoreAsync(
            [.. accepted.Select(item => item.Entry)], import.Revision, options.Author ?? EntryAuthor.Unknown, options.DryRun,
            cancellationToken).ConfigureAwait(false);
        return result.FailedAt is { } at
            ? new ImportResult { Failure = result.Writes[at] }
            : new ImportResult { Plan = writes.ToPlan(result) };
    }
}
