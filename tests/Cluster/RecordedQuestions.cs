using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Replay;

namespace KubeDoH.Tests.Cluster;

/// <summary>
/// The 136 recorded questions and their right answers: the recorded ones, but for the differences that tests/Data/cluster/README.md
/// lists.
/// </summary>
internal static class RecordedQuestions
{
    private const string ClusterSoa = "cluster.local. 30 SOA ns.dns.cluster.local. hostmaster.cluster.local. * 7200 1800 86400 30";
    private const string ExampleSoa = "example.com. 300 SOA ns.example.com. admin.example.com. * 3600 600 86400 300";
    private const string RootSoa = ". 300 SOA a.root-servers.net. nstld.verisign-grs.com. * 1800 900 604800 86400";
    private const string LocalSoa = "SOA localhost. hostmaster.localhost. * 7200 1800 86400 30";
    private const string External = "external.spec.svc.cluster.local. 30 CNAME www.example.com.";

    private const string NameExists = "the name exists (RFC 8020)";
    private const string LastName = "rcode and SOA are the last name's, behind the CNAME (RFC 2308 2.1, RFC 6604)";
    private const string Cacheable = "an absence needs an SOA to be cached (RFC 2308)";
    private const string Forwarded = "aa is for local data, and the TTL is the upstream's";
    private const string ThroughTarget = "every type is the target's to answer (RFC 1034 4.3.2)";

    /// <summary>Name and type, what is right (response code, aa, the three sections), and why the recorded answer is not.</summary>
    public static readonly (string Question, string Right, string Reason)[] Differences =
    [
        ("cluster.local. TXT", $"NOERROR aa - {ClusterSoa} -", NameExists),
        ("dns-version.cluster.local. A", $"NOERROR aa - {ClusterSoa} -", NameExists),
        ("dns-version.cluster.local. TXT", "NOERROR aa dns-version.cluster.local. 28800 TXT \"1.1.0\" - -", "the TTL was the cache's"),
        ("_._tcp.unnamed-port.spec.svc.cluster.local. SRV", $"NXDOMAIN aa - {ClusterSoa} -", "unnamed ports have no SRV record "
            + "(specification 2.3.2)"),
        ("_https._tcp.kubernetes.default.svc.cluster.local. A", $"NOERROR aa - {ClusterSoa} -", "the name has SRV records only"),
        ("external-inside.spec.svc.cluster.local. AAAA",
            $"NOERROR aa external-inside.spec.svc.cluster.local. 30 CNAME secco.dns-playground.svc.cluster.local. {ClusterSoa} -",
            LastName),
        ("external-dangling.spec.svc.cluster.local. A",
            $"NXDOMAIN aa external-dangling.spec.svc.cluster.local. 30 CNAME nobody.dns-playground.svc.cluster.local. {ClusterSoa} -",
            LastName),
        ("external-loop.spec.svc.cluster.local. A", "SERVFAIL - - - -", "a loop is a failure, not an absence"),
        ("secco.dns-playground.svc.cluster.local. ANY",
            "NOERROR aa secco.dns-playground.svc.cluster.local. 30 HINFO \"RFC8482\" \"\" - -", "RFC 8482 4.2"),
        ("cluster.local. NS",
            "NOERROR aa cluster.local. 30 NS kube-dns.kube-system.svc.cluster.local. - kube-dns.kube-system.svc.cluster.local. 30 A "
            + "10.96.0.10",
            "the address of the server is known"),
        ("dns-playground.external. AAAA", $"NOERROR aa - dns-playground.external. 30 {LocalSoa} -", Cacheable),
        ("dns-playground.external. TXT", $"NOERROR aa - dns-playground.external. 30 {LocalSoa} -", Cacheable),
        ("13.1.244.10.in-addr.arpa. PTR", $"NXDOMAIN aa - 10.in-addr.arpa. 30 {LocalSoa} -", "private reverse zones stay inside"),
        ("external.spec.svc.cluster.local. A", $"NOERROR aa {External} | www.example.com. 300 A 192.0.2.53 - -", Forwarded),
        ("external.spec.svc.cluster.local. AAAA", $"NOERROR aa {External} | www.example.com. 300 AAAA 2001:db8::53 - -", Forwarded),
        ("external.spec.svc.cluster.local. SRV", $"NOERROR aa {External} {ExampleSoa} -", ThroughTarget),
        ("external.spec.svc.cluster.local. TXT", $"NOERROR aa {External} {ExampleSoa} -", ThroughTarget),
        ("alias.example.com. A",
            "NOERROR - alias.example.com. 300 CNAME www.example.com. | www.example.com. 300 A 192.0.2.53 - -", "aliases are followed"),
        ("alias.example.com. CNAME", "NOERROR - alias.example.com. 300 CNAME www.example.com. - -", Forwarded),
        ("www.example.com. A", "NOERROR - www.example.com. 300 A 192.0.2.53 - -", Forwarded),
        ("www.example.com. AAAA", "NOERROR - www.example.com. 300 AAAA 2001:db8::53 - -", Forwarded),
        ("www.example.com. TXT", $"NOERROR - - {ExampleSoa} -", Forwarded),
        ("example.com. MX", "NOERROR - example.com. 300 MX 10 mail.example.com. - -", Forwarded),
        ("example.com. TXT", "NOERROR - example.com. 300 TXT \"v=spf1 -all\" - -", Forwarded),
        ("example.com. CAA", "NOERROR - example.com. 300 CAA 0 issue \"ca.example.net\" - -", Forwarded),
        ("svc.example.com. HTTPS", "NOERROR - svc.example.com. 300 HTTPS 1 . alpn=\"h2\" - -", Forwarded),
        ("nope.example.com. A", $"NXDOMAIN - - {ExampleSoa} -", Forwarded),
        ("secco. A", $"NXDOMAIN - - {RootSoa} -", Forwarded),
        ("9.9.9.9.in-addr.arpa. PTR", $"NXDOMAIN - - {RootSoa} -", Forwarded),
    ];

    /// <summary>Each question, and what was recorded: response code, aa, the three sections, parted by blanks.</summary>
    public static IEnumerable<(string Question, string Recorded)> All =>
        from line in File.ReadLines(Path.Combine(RecordedCluster.Folder, "answers.tsv")).Skip(1)
        let fields = line.Split('\t')
        select ($"{fields[0]} {fields[1]}", string.Join(' ', fields[2..]));

    public static string RightFor(string question, string recorded) =>
        Differences.Where(difference => difference.Question == question).Select(difference => difference.Right).FirstOrDefault(recorded);

    /// <summary>The normal form of the recording, its fields parted by blanks.</summary>
    public static string Normal(Reply reply)
    {
        string aa = reply.Header.Has(MessageHeader.Authoritative) ? "aa" : "-";
        IEnumerable<string> sections = reply.Sections.OrderBy(section => section.Key).Select(section => section.Value.Count == 0
            ? "-"
            : string.Join(" | ", section.Value.Select(
                record => (record with { Owner = Lower(record.Owner) }).Normal()).Order(StringComparer.Ordinal)));
        return $"{reply.Rcode} {aa} {string.Join(' ', sections)}";
    }

    private static string Lower(string name) => DnsName.Parse(name).ToString();
}
