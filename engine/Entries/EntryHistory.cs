using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>Who writes, and from where: kept with every change. Never a secret, such as a token.</summary>
/// <param name="Name">The name of a credential or of a part of this program.</param>
/// <param name="Address">Where the request came from; null for none.</param>
public sealed record EntryAuthor(string Name, string? Address = null)
{
    public static readonly EntryAuthor Unknown = new("unknown");

    /// <summary>The store itself, which takes away what has expired.</summary>
    public static readonly EntryAuthor Expiry = new("expiry");
}

/// <summary>One change of one entry, as the store keeps it.</summary>
/// <param name="Id">Grows with every change.</param>
/// <param name="Revision">Of the write, which may have changed several entries.</param>
/// <param name="Before">Null for an entry that was made. It may have expired before it was replaced.</param>
/// <param name="After">Null for an entry that was deleted.</param>
public sealed record EntryHistoryItem(
    long Id, long Revision, DateTimeOffset At, EntryAuthor Author, EntryKey Key, Entry? Before, Entry? After);

/// <summary>Which changes a page of the history holds: the latest that meet every condition that is given.</summary>
public sealed record EntryHistoryFilter
{
    public DnsName? Name { get; init; }

    public RecordType? Type { get; init; }

    /// <summary>Who made the change: <see cref="EntryAuthor.Name"/>.</summary>
    public string? Author { get; init; }

    /// <summary>Changes from this moment on.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Changes before this moment.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The last <see cref="EntryHistoryItem.Id"/> of the page before.</summary>
    public long? Before { get; init; }

    public int Limit { get; init; } = 100;
}

/// <summary>A page of the history, the latest change first.</summary>
/// <param name="Next">What the next page comes before; null on the last one.</param>
public sealed record EntryHistoryPage(IReadOnlyList<EntryHistoryItem> Items, long? Next)
{
    /// <summary>Cuts what was read, one more than asked for where there is more, to a page.</summary>
    internal static EntryHistoryPage Of(List<EntryHistoryItem> items, int limit)
    {
        if (items.Count <= limit) return new EntryHistoryPage(items, null);
        items.RemoveRange(limit, items.Count - limit);
        return new EntryHistoryPage(items, items[^1].Id);
    }
}
