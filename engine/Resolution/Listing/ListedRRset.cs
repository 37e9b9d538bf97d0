using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution.Listing;

/// <summary>An RRset that a source would answer with, and where it comes from.</summary>
/// <param name="Data">RDATA of each record, names in it uncompressed.</param>
public sealed record ListedRRset(string Source, DnsName Name, RecordType Type, uint Ttl, IReadOnlyList<byte[]> Data)
{
    /// <summary>The namespaces whose views see it; empty for everybody.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>What it was made from; nothing for what is there whatever the data.</summary>
    public IReadOnlyList<RecordOrigin> Origins { get; init; } = [];

    /// <summary>True when the namespace alone sees it, or it was made from an object of the namespace.</summary>
    public bool Concerns(string @namespace) => Namespaces.Contains(@namespace) || Origins.Any(origin => origin.Namespace == @namespace);

    /// <summary>The RRsets of a name, by type, read back from the answers that are given for it.</summary>
    internal static IEnumerable<ListedRRset> Of(OwnerNode node, string source, params IReadOnlyList<RecordOrigin> origins) => node.Types
        .Order()
        .Select(type => Read(source, node.Name, type, node.Find(type)))
        .OfType<ListedRRset>()
        .Select(rrset => rrset with { Origins = origins });

    /// <summary>The RRset of the answer to a question for <paramref name="name"/>; null when the answer has none.</summary>
    internal static ListedRRset? Read(string source, DnsName name, RecordType type, Answer? answer)
    {
        if (answer is null) return null;
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords records = answer.ReadRecords(name.Span, room);
        var data = new List<byte[]>();
        uint ttl = 0;
        while (records.MoveNext())
        {
            if (records.Section != Section.Answer || records.Type != type) continue;
            data.Add(records.Data.ToArray());
            ttl = records.Ttl;
        }

        return data.Count == 0 ? null : new ListedRRset(source, name, type, ttl, data);
    }
}

/// <summary>What a record was made from: an object of the cluster, an entry, a line of a file, a rule.</summary>
public sealed record RecordOrigin
{
    /// <summary>
    /// <c>Service</c>, <c>Pod</c>, <c>Entry</c> or <c>HostsFile</c>; in a trace <c>HostAlias</c>, <c>SpecialZone</c>,
    /// <c>ForwardRule</c> and <c>PodServers</c> too.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>The object's; null where it has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The name of the object or the entry, the address of the alias, the zone, the rule's suffix, the servers.</summary>
    public string? Name { get; init; }

    /// <summary>The entry's type.</summary>
    public RecordType? Type { get; init; }

    /// <summary>The entry's.</summary>
    public long? Revision { get; init; }

    /// <summary>The path; <c>Hosts:Inline</c> for lines of the configuration.</summary>
    public string? File { get; init; }

    /// <summary>1 for the first.</summary>
    public int? Line { get; init; }
}
