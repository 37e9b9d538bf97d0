using System.Net;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>Names and their addresses as lines of a hosts file give them; built whole, then only read.</summary>
public sealed class NameTable
{
    public static readonly NameTable Empty = new("", [], [], pointers: false);

    private readonly Dictionary<DnsName, OwnerNode> _nodes = new(DnsNameComparer.Instance);
    private readonly Dictionary<DnsName, OwnerNode>.AlternateLookup<ReadOnlySpan<byte>> _nodesByBytes;
    private readonly HashSet<DnsName> _above = new(DnsNameComparer.Instance);
    private readonly HashSet<DnsName>.AlternateLookup<ReadOnlySpan<byte>> _aboveByBytes;

    private readonly IReadOnlyList<AddressLine> _lines;
    private readonly bool _pointers;

    private NameTable(
        string source, IEnumerable<KeyValuePair<DnsName, List<RRset>>> names, IReadOnlyList<AddressLine> lines, bool pointers)
    {
        _lines = lines;
        _pointers = pointers;
        _nodesByBytes = _nodes.GetAlternateLookup<ReadOnlySpan<byte>>();
        _aboveByBytes = _above.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach ((DnsName name, List<RRset> rrsets) in names)
        {
            _nodes[name] = new OwnerNode(name, source, rrsets);
            for (DnsName above = name; above != DnsName.Root && _above.Add(above.Parent());) above = above.Parent();
        }
    }

    public int Count => _nodes.Count;

    /// <summary>
    /// Builds the table: every name of a line has the line's address, and several lines for a name add up. With
    /// <paramref name="pointers"/> the first name of the first line of an address is its PTR.
    /// </summary>
    public static NameTable Build(string source, uint ttl, IEnumerable<AddressLine> lines, bool pointers)
    {
        var addresses = new Dictionary<DnsName, List<AddressKey>>(DnsNameComparer.Instance);
        var canonical = new Dictionary<AddressKey, DnsName>();
        AddressLine[] kept = [.. lines];
        foreach (AddressLine line in kept)
        {
            AddressKey address = AddressKey.Of(line.Address);
            if (pointers && line.Names.Count > 0) canonical.TryAdd(address, line.Names[0]);
            foreach (DnsName name in line.Names)
            {
                if (!addresses.TryGetValue(name, out List<AddressKey>? known)) addresses[name] = known = [];
                if (!known.Contains(address)) known.Add(address);
            }
        }

        var names = addresses.ToDictionary(pair => pair.Key, pair => ToRRsets(pair.Value, ttl), DnsNameComparer.Instance);
        foreach ((AddressKey address, DnsName target) in canonical)
            names[ReverseName.Write(address)] = [new RRset(RecordType.PTR, ttl, [target.Span.ToArray()])];
        return new NameTable(source, names, kept, pointers);
    }

    /// <summary>The node of a lower-case name, or null.</summary>
    public OwnerNode? Find(ReadOnlySpan<byte> name) => _nodesByBytes.TryGetValue(name, out OwnerNode? node) ? node : null;

    /// <summary>True when a name of the table lies below <paramref name="name"/>.</summary>
    public bool HasNamesBelow(ReadOnlySpan<byte> name) => _aboveByBytes.Contains(name);

    /// <summary>
    /// Every name with each line that it comes from, in the order of the lines; a reverse name with the line that gave it.
    /// </summary>
    public IEnumerable<(DnsName Name, AddressLine Line)> Named()
    {
        var pointed = new HashSet<AddressKey>();
        foreach (AddressLine line in _lines)
        {
            foreach (DnsName name in line.Names) yield return (name, line);
            AddressKey address = AddressKey.Of(line.Address);
            if (_pointers && line.Names.Count > 0 && pointed.Add(address)) yield return (ReverseName.Write(address), line);
        }
    }

    /// <summary>The lines that a name comes from, each once.</summary>
    public IEnumerable<AddressLine> LinesOf(DnsName name) =>
        Named().Where(named => named.Name == name).Select(named => named.Line).Distinct();

    /// <summary>Every name, in no order; reverse names too.</summary>
    public IEnumerable<DnsName> Names => _nodes.Keys;

    private static List<RRset> ToRRsets(List<AddressKey> addresses, uint ttl) =>
        [.. addresses
            .GroupBy(address => address.IsV6, address => address.ToData())
            .Select(family => new RRset(family.Key ? RecordType.AAAA : RecordType.A, ttl, [.. family]))];
}

/// <summary>A line of a hosts file (hosts(5)), or an item of a pod's hostAliases.</summary>
/// <param name="Names">The canonical name first, then its aliases.</param>
public sealed record AddressLine(IPAddress Address, IReadOnlyList<DnsName> Names)
{
    /// <summary>The file that it stands in; null for what is no file.</summary>
    public string? File { get; init; }

    /// <summary>1 for the first.</summary>
    public int Line { get; init; }

    /// <summary>What a record of it was made from.</summary>
    internal RecordOrigin Origin => File is null
        ? new RecordOrigin { Kind = "HostAlias", Name = Address.ToString() }
        : new RecordOrigin { Kind = "HostsFile", File = File, Line = Line };
}
