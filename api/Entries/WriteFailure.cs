using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;

namespace KubeDoH.Api.Entries;

/// <summary>Why a write did not happen, as a problem says it.</summary>
/// <param name="Errors">All that is wrong with the entry; none where something else is in the way.</param>
internal sealed record WriteFailure(int Status, string Type, string Title, string Detail, IReadOnlyList<ApiProblemError>? Errors = null)
{
    /// <param name="creation">The write was to create only: that there is an entry is then what is in its way.</param>
    public static WriteFailure Of(WriteResult result, bool creation = false) => result.Outcome switch
    {
        StoreOutcome.NotFound => new(StatusCodes.Status404NotFound, "no-such-entry", "No such entry",
            "There is no entry of this name and type."),
        StoreOutcome.PreconditionFailed when creation => new(StatusCodes.Status409Conflict, "entry-exists", "Conflict",
            $"There is an entry of this name and type already; it has the tag {EntryReplies.Tag(result.Entry?.Revision ?? 0)}."),
        StoreOutcome.PreconditionFailed => new(StatusCodes.Status412PreconditionFailed, "precondition-failed", "Precondition failed",
            result.Entry is { } there
                ? $"The entry that is there has the tag {EntryReplies.Tag(there.Revision)}."
                : "There is no such entry."),
        StoreOutcome.Refused => Refusal(result.Violations ?? []),
        StoreOutcome.OutOfBounds => new(StatusCodes.Status403Forbidden, "out-of-bounds", "Forbidden",
            "The credential is for entries of other names or namespaces; nothing was changed."),
        StoreOutcome.NotAtomic => new(StatusCodes.Status422UnprocessableEntity, "batch-not-atomic", "Not in one step",
            "The store cannot make several changes in one step: send them one by one."),
        StoreOutcome.TooMany => new(StatusCodes.Status507InsufficientStorage, "too-many-entries", "Too many entries",
            "The store holds as many entries as Store:MaxEntries allows; nothing was changed."),
        StoreOutcome.Full => new(StatusCodes.Status507InsufficientStorage, "store-full", "Disk full",
            "The disk of the store is full; nothing was changed."),
        _ => new(StatusCodes.Status503ServiceUnavailable, "store-unavailable", "Store unavailable",
            "The store cannot be written now; nothing was changed."),
    };

    /// <summary>
    /// All violations at once: 422 when a value is wrong, 409 under the first one's name when only something else is in the way.
    /// </summary>
    private static WriteFailure Refusal(IReadOnlyList<EntryViolation> violations)
    {
        EntryViolation first = violations.FirstOrDefault(v => !v.IsConflict) ?? violations[0];
        return new WriteFailure(
            first.IsConflict ? StatusCodes.Status409Conflict : StatusCodes.Status422UnprocessableEntity,
            first.Code, first.IsConflict ? "Conflict" : "Invalid entry", $"{first.Pointer}: {first.Detail}.",
            [.. violations.Select(v => new ApiProblemError(v.Pointer, v.Detail))]);
    }
}
