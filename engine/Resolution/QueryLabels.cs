using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>
/// The labels of CoreDNS's metrics, each with few values, numbered: what a client sends never makes a new one.
/// </summary>
internal static class QueryLabels
{
    /// <summary>"" for names taken as they come; else where the search list came from.</summary>
    public static readonly string[] ViewKinds = ["", "namespace", "pod", "search"];

    public static readonly string[] Families = ["1", "2"];

    /// <summary>The types that CoreDNS tells apart, and all others.</summary>
    public static readonly string[] Types =
    [
        "A", "AAAA", "CNAME", "PTR", "SRV", "TXT", "MX", "NS", "SOA", "HTTPS", "SVCB", "DS", "DNSKEY", "RRSIG", "NSEC", "NSEC3", "IXFR",
        "AXFR", "ANY", "other",
    ];

    public static readonly string[] Rcodes =
    [
        "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE",
        "BADVERS", "other",
    ];

    /// <summary>Who gave the answer: a source or a stage.</summary>
    public static readonly string[] Plugins =
        [
            "hostAliases", "entries", "hosts", "cluster",
            "special", "forward", "rules", "alias", SourceChain.Nobody, "api", "listener", "views", "other",
        ];

    public static int ViewOf(ClientView view) =>
        view.Namespace is null ? (view.SearchList.Count > 0 ? 3 : 0) : view.HostAliases is null && view.Upstreams is null ? 1 : 2;

    public static int TypeOf(RecordType type) => type switch
    {
        RecordType.A => 0,
        RecordType.AAAA => 1,
        RecordType.CNAME => 2,
        RecordType.PTR => 3,
        RecordType.SRV => 4,
        RecordType.TXT => 5,
        RecordType.MX => 6,
        RecordType.NS => 7,
        RecordType.SOA => 8,
        RecordType.HTTPS => 9,
        RecordType.SVCB => 10,
        RecordType.DS => 11,
        RecordType.DNSKEY => 12,
        RecordType.RRSIG => 13,
        RecordType.NSEC => 14,
        RecordType.NSEC3 => 15,
        RecordType.IXFR => 16,
        RecordType.AXFR => 17,
        RecordType.ANY => 18,
        _ => Types.Length - 1,
    };

    public static int RcodeOf(Rcode rcode) => rcode switch
    {
        <= (Rcode)10 => (int)rcode,
        Rcode.BadVers => 11,
        _ => Rcodes.Length - 1,
    };

    /// <summary>The names are constants: the first comparison of each is of references.</summary>
    public static int PluginOf(string source)
    {
        for (int i = 0; i < Plugins.Length - 1; i++)
            if (string.Equals(Plugins[i], source)) return i;
        return Plugins.Length - 1;
    }
}
