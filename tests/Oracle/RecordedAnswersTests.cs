namespace KubeDoH.Tests.Oracle;

/// <summary>The oracle is right first: it gives the recorded answers, with the differences of <c>Data/cluster/README.md</c>.</summary>
public class RecordedAnswersTests
{
    private const string ClusterSoa = "cluster.local. 30 SOA ns.dns.cluster.local. hostmaster.cluster.local. * 7200 1800 86400 30";
    private const string ExampleSoa = "example.com. 300 SOA ns.example.com. admin.example.com. * 3600 600 86400 300";
    private const string External = "external.spec.svc.cluster.local. 30 CNAME www.example.com.";

    /// <summary>Questions whose recorded answer is not the right one: what stands after the name and type.</summary>
    private static readonly Dictionary<string, string> Right = new()
    {
        ["cluster.local. TXT"] = Row("NOERROR", "-", ClusterSoa),
        ["dns-version.cluster.local. A"] = Row("NOERROR", "-", ClusterSoa),
        ["dns-version.cluster.local. TXT"] = Row("NOERROR", "dns-version.cluster.local. 28800 TXT \"1.1.0\"", "-"),
        ["_._tcp.unnamed-port.spec.svc.cluster.local. SRV"] = Row("NXDOMAIN", "-", ClusterSoa),
        ["_https._tcp.kubernetes.default.svc.cluster.local. A"] = Row("NOERROR", "-", ClusterSoa),
        ["external-inside.spec.svc.cluster.local. AAAA"] = Row(
            "NOERROR", "external-inside.spec.svc.cluster.local. 30 CNAME secco.dns-playground.svc.cluster.local.", ClusterSoa),
        ["external-dangling.spec.svc.cluster.local. A"] = Row(
            "NXDOMAIN", "external-dangling.spec.svc.cluster.local. 30 CNAME nobody.dns-playground.svc.cluster.local.", ClusterSoa),
        ["external-loop.spec.svc.cluster.local. A"] = "SERVFAIL\t-\t-\t-\t-",
        ["secco.dns-playground.svc.cluster.local. ANY"] = Row(
            "NOERROR", "secco.dns-playground.svc.cluster.local. 30 HINFO \"RFC8482\" \"\"", "-"),
        ["cluster.local. NS"] =
            "NOERROR\taa\tcluster.local. 30 NS kube-dns.kube-system.svc.cluster.local.\t-\tkube-dns.kube-system.svc.cluster.local. 30 A "
            + "10.96.0.10",
        ["dns-playground.external. AAAA"] = Row("NOERROR", "-", "dns-playground.external. 30 SOA " + LocalData.SoaData),
        ["dns-playground.external. TXT"] = Row("NOERROR", "-", "dns-playground.external. 30 SOA " + LocalData.SoaData),
        ["alias.example.com. A"] =
            "NOERROR\t-\talias.example.com. 300 CNAME www.example.com. | www.example.com. 300 A 192.0.2.53\t-\t-",
        ["external.spec.svc.cluster.local. A"] = Row("NOERROR", External + " | www.example.com. 300 A 192.0.2.53", "-"),
        ["external.spec.svc.cluster.local. AAAA"] = Row("NOERROR", External + " | www.example.com. 300 AAAA 2001:db8::53", "-"),
        ["external.spec.svc.cluster.local. SRV"] = Row("NOERROR", External, ExampleSoa),
        ["external.spec.svc.cluster.local. TXT"] = Row("NOERROR", External, ExampleSoa),
        ["13.1.244.10.in-addr.arpa. PTR"] = Row("NXDOMAIN", "-", "10.in-addr.arpa. 30 SOA " + LocalData.SoaData),
    };

    public static TheoryData<string, string, string> Rows()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var line in File.ReadLines(Path.Combine(RecordedCluster.Folder, "answers.tsv")).Skip(1))
        {
            var fields = line.Split('\t', 3);
            rows.Add(fields[0], fields[1], fields[2]);
        }

        return rows;
    }

    [Fact]
    public void Recorded_answers_are_136() => Assert.Equal(136, Rows().Count);

    [Fact]
    public void Differences_all_name_a_recorded_question()
    {
        var asked = Rows().Select(r => $"{r.Data.Item1} {r.Data.Item2}").ToHashSet();
        Assert.Empty(Right.Keys.Except(asked));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Recorded_question_gets_the_recorded_answer_or_the_listed_difference(string name, string type, string recorded)
    {
        var answer = await new OracleSubject().AskAsync(RecordedCluster.World(), new(name, type));

        Assert.Equal(Right.TryGetValue($"{name} {type}", out var right) ? right : Forwarded(name, recorded), answer.Normal());
    }

    /// <summary>A forwarded answer was recorded with aa set and its TTLs capped at 30; the README has it the other way.</summary>
    private static string Forwarded(string name, string recorded)
    {
        var forwarded = Names.AtOrBelow(name, "example.com.") || name is "secco." or "9.9.9.9.in-addr.arpa.";
        return forwarded
            ? recorded.Replace("\taa\t", "\t-\t", StringComparison.Ordinal).Replace(". 30 ", ". 300 ", StringComparison.Ordinal)
            : recorded;
    }

    private static string Row(string rcode, string answer, string authority) => $"{rcode}\taa\t{answer}\t{authority}\t-";
}
