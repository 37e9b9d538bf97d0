using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution.Listing;

/// <summary>
/// The names of a <see cref="NameTable"/> that everybody sees, each with the lines that it comes from. A table is put into order when
/// somebody first asks for it, and once.
/// </summary>
internal sealed class NameTableListing(string source, Func<NameTable> current) : IRecordListing
{
    private volatile Sorted? _sorted;

    public string Source => source;

    public IEnumerable<ListedRRset> List(RecordRange range)
    {
        if (range.Namespace is not null) yield break;
        NameTable table = current();
        Sorted sorted = _sorted is { } known && known.Table == table ? known : _sorted = Sorted.Of(table);
        for (int i = sorted.FirstFrom(range.From); i < sorted.Names.Length;)
        {
            int start = i;
            DnsName name = sorted.Names[start];
            while (++i < sorted.Names.Length && sorted.Names[i] == name) { }
            if (table.Find(name.Span) is not { } node) continue;
            RecordOrigin[] origins = [.. sorted.Lines[start..i].Distinct().Select(line => line.Origin)];
            foreach (ListedRRset rrset in ListedRRset.Of(node, source, origins)) yield return rrset;
        }
    }

    /// <summary>The names of a table, one for each line that has it, in canonical order and then in that of the lines.</summary>
    private sealed record Sorted(NameTable Table, DnsName[] Names, AddressLine[] Lines)
    {
        public static Sorted Of(NameTable table)
        {
            (DnsName Name, AddressLine Line)[] pairs = [.. table.Named().OrderBy(pair => pair.Name, CanonicalNameOrder.Instance)];
            return new Sorted(table, [.. pairs.Select(pair => pair.Name)], [.. pairs.Select(pair => pair.Line)]);
        }

        public int FirstFrom(DnsName from)
        {
            int at = Array.BinarySearch(Names, from, CanonicalNameOrder.Instance);
            if (at < 0) return ~at;
            while (at > 0 && Names[at - 1] == from) at--;
            return at;
        }
    }
}
