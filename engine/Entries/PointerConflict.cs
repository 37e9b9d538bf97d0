using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// Automatic PTR records answer behind the PTR entries of people. Who asks for one by name (<c>autoPtr: true</c>) is told when it
/// would never be seen; who leaves the choice open is not held up.
/// </summary>
internal static class PointerConflict
{
    /// <param name="entry">Asks for automatic PTR records.</param>
    /// <returns>Null when each of its new addresses can lead back to it.</returns>
    public static EntryViolation? Find(Entry entry, EntryView view, DateTimeOffset now)
    {
        Entry? there = view.At(entry.Name).FirstOrDefault(e => e.Type == entry.Type && e.AutoPtr);
        IEnumerable<EntryRecord> added = entry.Records.Where(record => there?.Records.Any(old => old.Text == record.Text) != true);
        foreach (EntryRecord record in added)
        {
            DnsName reverse = ReverseName.Write(AddressKey.Of(record.Data));
            if (view.At(reverse).Any(other => StandsBefore(other, entry, now)))
                return new EntryViolation(EntryViolation.PtrConflict, "/autoPtr",
                    $"{reverse} has a PTR entry, which answers before automatic ones; leave autoPtr out, or change that entry");
        }

        return null;
    }

    private static bool StandsBefore(Entry pointer, Entry entry, DateTimeOffset now) =>
        pointer is { Type: RecordType.PTR, Enabled: true } && !pointer.IsExpired(now)
        && (pointer.Namespaces.Count == 0 || pointer.SharesScope(entry))
        && !pointer.Records.Any(record => record.Data.AsSpan().SequenceEqual(entry.Name.Span));
}
