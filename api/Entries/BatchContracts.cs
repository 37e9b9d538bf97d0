using System.Text.Json;
using System.Text.Json.Serialization;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Entries;

/// <summary>Writes that happen together: all of them or none.</summary>
internal sealed class BatchBody
{
    /// <summary>Batches are all or nothing: there is no other kind.</summary>
    public bool? Atomic { get; set; }

    /// <summary>In their order: each sees what those before it have done.</summary>
    public IReadOnlyList<BatchOperationBody?>? Operations { get; set; }

    /// <summary>Every other member of the body.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>One write of a batch: beside what it does, the entry that it does it to.</summary>
internal sealed class BatchOperationBody : EntryBody
{
    public const string Put = "put", Create = "create", Delete = "delete";

    /// <summary><c>put</c> creates or replaces, <c>create</c> creates only, <c>delete</c> without a type deletes all at the name.</summary>
    public string? Op { get; set; }

    /// <summary>The revision that the entry must have.</summary>
    public long? IfRevision { get; set; }

    /// <summary>The step, with everything that cannot be read of it.</summary>
    public EntryOperation ToOperation(bool needsRevision)
    {
        bool deletes = Op == Delete;
        EntryKey key = ReadKey(out IReadOnlyList<EntryViolation> faults, deletes ? RecordType.ANY : null);
        EntryCondition condition = Op == Create
            ? EntryCondition.Absent
            : IfRevision is { } revision ? EntryCondition.Is(revision) : EntryCondition.None;
        return new EntryOperation(key, deletes ? null : ToDraft(key), condition)
        {
            Faults = [.. faults, .. FindFaults(key.Type, needsRevision)],
        };
    }

    private IEnumerable<EntryViolation> FindFaults(RecordType type, bool needsRevision)
    {
        if (Op is not (Put or Create or Delete)) yield return Invalid("/op", "an operation is put, create or delete");
        if (Op == Delete && HasContent) yield return Invalid("", "a deletion has a name, a type and a revision, and nothing else");
        if (IfRevision is not null && (Op == Create || type == RecordType.ANY))
            yield return Invalid("/ifRevision", "a revision is that of one entry which is there");
        if (needsRevision && Op != Create && IfRevision is null)
            yield return Invalid("/ifRevision", "Management:RequirePreconditions asks for the revision that is replaced");
    }

    private bool HasContent => (Ttl ?? (object?)Records ?? Enabled ?? (object?)Namespaces ?? Comment ?? (object?)Labels ?? ExpiresAt
        ?? (object?)PassThrough ?? AutoPtr) is not null;

    private static EntryViolation Invalid(string pointer, string detail) => new(EntryViolation.Invalid, pointer, detail);
}

/// <summary>What came of a batch.</summary>
/// <param name="Revision">The store's revision afterwards, which every entry that the batch wrote has.</param>
/// <param name="Results">One for each operation, in their order.</param>
internal sealed record BatchReply(long Revision, IReadOnlyList<BatchResult> Results);

/// <summary>What came of one operation.</summary>
/// <param name="Outcome"><c>created</c>, <c>replaced</c>, <c>unchanged</c> or <c>deleted</c>.</param>
/// <param name="Entry">As it is now; absent for a deletion.</param>
internal sealed record BatchResult(string Outcome, EntryDocument? Entry)
{
    public static BatchResult Of(WriteResult result) => new(
        JsonNamingPolicy.CamelCase.ConvertName(result.Outcome.ToString()),
        result is { Outcome: not StoreOutcome.Deleted, Entry: { } entry } ? EntryDocument.Of(entry) : null);
}
