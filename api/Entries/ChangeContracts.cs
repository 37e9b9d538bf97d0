using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Entries;

/// <summary>Who made a change.</summary>
/// <param name="Name">What the credential is called, or a part of this program: <c>expiry</c> takes away what has expired.</param>
/// <param name="Address">Where the request came from.</param>
internal sealed record AuthorDocument(string Name, string? Address)
{
    public static AuthorDocument Of(EntryAuthor author) => new(author.Name, author.Address);
}

/// <summary>One change of one entry: a line of the history, and an event.</summary>
/// <param name="Id">The place in the history; absent in events.</param>
/// <param name="Revision">Of the write, which may have changed several entries.</param>
/// <param name="At">When it was written.</param>
/// <param name="By">Who wrote it.</param>
/// <param name="Change"><c>created</c>, <c>replaced</c> or <c>deleted</c>.</param>
/// <param name="Name">Of the entry.</param>
/// <param name="Type">Of the entry.</param>
/// <param name="Before">The entry before; absent when it was created.</param>
/// <param name="After">The entry after; absent when it was deleted.</param>
internal sealed record ChangeDocument(
    long? Id, long Revision, DateTimeOffset At, AuthorDocument By, string Change, string Name, string Type, EntryDocument? Before,
    EntryDocument? After)
{
    public static ChangeDocument Of(EntryHistoryItem item) =>
        Of(item.Id, item.Revision, item.At, item.Author, new EntryChange(item.Key, item.After, item.Before));

    public static ChangeDocument Of(EntryChanges write, EntryChange change) => Of(null, write.Revision, write.At, write.Author, change);

    private static ChangeDocument Of(long? id, long revision, DateTimeOffset at, EntryAuthor author, EntryChange change) => new(
        id, revision, at, AuthorDocument.Of(author),
        change.Entry is null ? "deleted" : change.Before is null ? "created" : "replaced",
        change.Key.Name.ToString(), RecordTypeText.Write(change.Key.Type),
        change.Before is { } before ? EntryDocument.Of(before) : null, change.Entry is { } after ? EntryDocument.Of(after) : null);
}

/// <summary>A page of the history, the latest change first.</summary>
/// <param name="Next">The cursor of the next page, which <c>Link</c> has too; absent on the last.</param>
internal sealed record HistoryList(IReadOnlyList<ChangeDocument> Changes, string? Next);
