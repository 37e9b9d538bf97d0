namespace KubeDoH.Tests.Oracle;

/// <summary>The rules that the recorded cluster does not show, each by example: the oracle is only worth what these say.</summary>
public class OracleRuleTests
{
    private static readonly World Shop = ShopWorld.Make();

    [Theory]
    [InlineData("web.shop.svc.cluster.local A", "NOERROR A 10.96.0.10")]
    [InlineData("dual.shop.svc.cluster.local AAAA", "NOERROR AAAA fd00:10:96::12")]
    [InlineData("_HTTP._Tcp.web.shop.svc.cluster.local SRV", "NOERROR SRV * * 80 web.shop.svc.cluster.local.")]
    [InlineData("_http._tcp.web.shop.svc.cluster.local TXT", "NOERROR")]
    [InlineData("_http._udp.web.shop.svc.cluster.local SRV", "NXDOMAIN")]
    [InlineData("_tcp.web.shop.svc.cluster.local A", "NOERROR")]
    [InlineData("_udp.web.shop.svc.cluster.local A", "NXDOMAIN")]
    [InlineData("_x._tcp.unnamed.shop.svc.cluster.local SRV", "NXDOMAIN")]
    [InlineData("unnamed.shop.svc.cluster.local SRV", "NOERROR SRV * * 8080 unnamed.shop.svc.cluster.local.")]
    [InlineData("ep1.one.shop.svc.cluster.local A", "NOERROR A 10.244.0.13")]
    [InlineData("10-244-0-11.web.shop.svc.cluster.local A", "NOERROR A 10.244.0.11")]
    [InlineData("10-244-0-12.web.shop.svc.cluster.local A", "NXDOMAIN")]
    [InlineData("13.0.244.10.in-addr.arpa PTR", "NOERROR PTR ep1.one.shop.svc.cluster.local.")]
    [InlineData("13.0.96.10.in-addr.arpa PTR", "NOERROR PTR idle.shop.svc.cluster.local.")]
    [InlineData("0.96.10.in-addr.arpa PTR", "NOERROR")]
    [InlineData("twin.db.shop.svc.cluster.local A", "NOERROR A 10.244.1.8 | A 10.244.1.9")]
    [InlineData("fd00-10-244--5.db.shop.svc.cluster.local AAAA", "NOERROR AAAA fd00:10:244::5")]
    [InlineData("fd00-10-244--0.db.shop.svc.cluster.local AAAA", "NOERROR AAAA fd00:10:244::")]
    [InlineData("db-0.db.shop.svc.cluster.local AAAA", "NOERROR")]
    [InlineData("db-9.db.shop.svc.cluster.local A", "NXDOMAIN")]
    [InlineData("db-0.db.shop.svc.cluster.local SRV", "NOERROR SRV * * 5432 db-0.db.shop.svc.cluster.local.")]
    [InlineData("dark.shop.svc.cluster.local A", "NXDOMAIN")]
    [InlineData("bare.shop.svc.cluster.local SRV", "NOERROR")]
    [InlineData("ext.shop.svc.cluster.local A", "NOERROR CNAME www.example.com. | A 192.0.2.53")]
    [InlineData("ext.shop.svc.cluster.local CNAME", "NOERROR CNAME www.example.com.")]
    [InlineData("x.ext.shop.svc.cluster.local A", "NXDOMAIN")]
    [InlineData("ext-dead.shop.svc.cluster.local A", "NXDOMAIN CNAME nope.shop.svc.cluster.local.")]
    [InlineData("ext-ip.shop.svc.cluster.local A", "NXDOMAIN")]
    [InlineData("ext-fail.shop.svc.cluster.local A", "SERVFAIL CNAME fails.example.com.")]
    [InlineData("loop-a.shop.svc.cluster.local A", "SERVFAIL")]
    [InlineData("web.shop.svc.cluster.local ANY", "NOERROR HINFO \"RFC8482\" \"\"")]
    [InlineData("10-9-9-9.shop.pod.cluster.local A", "NOERROR A 10.9.9.9")]
    [InlineData("10-9-9-09.shop.pod.cluster.local A", "NXDOMAIN")]
    [InlineData("fd00--1.shop.pod.cluster.local AAAA", "NOERROR AAAA fd00::1")]
    [InlineData("10-9-9-9.ghost.pod.cluster.local A", "NXDOMAIN")]
    [InlineData("x.web.shop.pood.cluster.local A", "NXDOMAIN")]
    [InlineData("dns.cluster.local A", "NOERROR")]
    public Task Cluster_name_gets_the_answer_of_the_specification(string question, string answer) => Answers(Shop, question, null, answer);

    [Theory]
    [InlineData("second.hosts.example A", "NOERROR A 192.0.2.80")]
    [InlineData("hosts.example A", "NOERROR")]
    [InlineData("other.hosts.example A", "NXDOMAIN")]
    [InlineData("80.2.0.192.in-addr.arpa PTR", "NOERROR PTR first.hosts.example.")]
    [InlineData("x.localhost AAAA", "NOERROR AAAA ::1")]
    [InlineData("localhost TXT", "NOERROR")]
    [InlineData("x.onion A", "NXDOMAIN")]
    [InlineData("printer.local A", "NXDOMAIN")]
    [InlineData("home.arpa A", "NOERROR")]
    [InlineData("9.9.9.10.in-addr.arpa PTR", "NXDOMAIN")]
    [InlineData("1.0.0.127.in-addr.arpa PTR", "NOERROR PTR localhost.")]
    [InlineData("_dns.resolver.arpa SVCB", "NOERROR")]
    public Task Other_name_gets_the_answer_of_its_source(string question, string answer) => Answers(Shop, question, null, answer);

    [Theory]
    [InlineData("web A", "NOERROR CNAME web.shop.svc.cluster.local. | A 10.96.0.10")]
    [InlineData("web.shop A", "NOERROR CNAME web.shop.svc.cluster.local. | A 10.96.0.10")]
    [InlineData("web AAAA", "NOERROR CNAME web.shop.svc.cluster.local.")]
    [InlineData("ext CNAME", "NOERROR CNAME www.example.com.")]
    [InlineData("web ANY", "NOERROR HINFO \"RFC8482\" \"\"")]
    [InlineData("web.shop.svc.cluster.local A", "NOERROR A 10.96.0.10")]
    [InlineData("mine A", "NOERROR A 127.0.0.1")]
    [InlineData("mine AAAA", "NOERROR")]
    [InlineData("www.example.com A", "NOERROR A 192.0.2.53")]
    [InlineData("six AAAA", "NOERROR CNAME six.corp.example. | AAAA 2001:db8::6")]
    [InlineData("six A", "NOERROR CNAME six.corp.example.")]
    [InlineData("six TXT", "NOERROR")]
    [InlineData("nowhere A", "NXDOMAIN")]
    public Task Name_seen_from_a_view_walks_the_search_list(string question, string answer) =>
        Answers(Shop, question, ShopWorld.View, answer);

    [Theory]
    [InlineData("x.custom A", "shop", "NOERROR A 192.0.2.1")]
    [InlineData("a.custom A", "shop", "NOERROR A 192.0.2.2")]
    [InlineData("a.custom A", "ops", "NOERROR A 192.0.2.4")]
    [InlineData("x.custom A", "ops", "NOERROR A 192.0.2.3")]
    [InlineData("deep.x.custom A", "ops", "NOERROR A 192.0.2.3")]
    [InlineData("x.a.custom A", "ops", "NXDOMAIN")]
    [InlineData("custom A", "ops", "NOERROR")]
    [InlineData("a.custom TXT", "ops", "NOERROR")]
    [InlineData("web.shop.svc.cluster.local A", "ops", "NOERROR A 10.96.0.10 | A 192.0.2.5")]
    [InlineData(
        "web.shop.svc.cluster.local SRV", "ops",
        "NOERROR SRV * * 443 web.shop.svc.cluster.local. | SRV * * 80 web.shop.svc.cluster.local.")]
    [InlineData("5.2.0.192.in-addr.arpa PTR", "ops", "NOERROR PTR web.shop.svc.cluster.local.")]
    [InlineData("10.0.96.10.in-addr.arpa PTR", "ops", "NOERROR PTR web.shop.svc.cluster.local.")]
    public Task Entry_scope_stands_before_exactness(string question, string ns, string answer) => Answers(
        Shop with
        {
            Entries =
            [
                new("*.custom", "A", 60, ["192.0.2.2"]) { Namespaces = ["shop"] },
                new("x.custom", "A", 60, ["192.0.2.1"]) { Namespaces = ["shop"] },
                new("*.custom", "A", 60, ["192.0.2.3"]),
                new("a.custom", "A", 60, ["192.0.2.4"]),
                new("web.shop.svc.cluster.local", "A", 60, ["192.0.2.5", "10.96.0.10"]) { PassThrough = true, AutoPtr = true },
            ],
        },
        question,
        new(ns, [], 1, []),
        answer);

    [Theory]
    [InlineData("c0.chain A", "SERVFAIL")]
    [InlineData("c1.chain A", "NOERROR")]
    public async Task Ten_links_are_followed_and_eleven_are_not(string question, string rcode)
    {
        var links = Enumerable.Range(0, 11).Select(i => new CustomEntry($"c{i}.chain", "CNAME", 60, [$"c{i + 1}.chain."]));
        var answer = await Ask(Shop with { Entries = [.. links, new("c11.chain", "A", 60, ["192.0.2.1"])] }, question, null);

        Assert.Equal(rcode, answer.Rcode);
        Assert.Equal(rcode == "NOERROR" ? 11 : 0, answer.Answer.Count);
    }

    [Theory]
    [InlineData("web.shop.svc.cluster.local A", "NOERROR A 10.96.0.10")]
    [InlineData("nope.shop.svc.cluster.local A", "SERVFAIL")]
    [InlineData("9.9.9.9.in-addr.arpa PTR", "SERVFAIL")]
    [InlineData("svc.cluster.local A", "NOERROR")]
    [InlineData("www.example.com A", "NOERROR A 192.0.2.53")]
    public Task Unsynced_cluster_denies_nothing(string question, string answer) =>
        Answers(Shop with { Synced = false }, question, null, answer);

    [Fact]
    public async Task Leading_alias_takes_the_negative_TTL_of_an_empty_answer()
    {
        var answer = await Ask(Shop with { Ttl = 600 }, "web AAAA", ShopWorld.View);

        Assert.Equal(300, answer.Answer[0].Ttl);
    }

    private static async Task Answers(World world, string question, OracleView? view, string expected)
    {
        var answer = await Ask(world, question, view);
        var records = answer.Answer.Select(r => r.Normal()).Select(r => $"{r.Type} {r.Data}");
        var leading = records.TakeWhile(r => r.StartsWith("CNAME", StringComparison.Ordinal)).ToList();
        var text = string.Join(" | ", leading.Concat(records.Skip(leading.Count).Order(StringComparer.Ordinal)));

        Assert.Equal(expected, $"{answer.Rcode} {text}".TrimEnd());
    }

    private static Task<OracleAnswer> Ask(World world, string question, OracleView? view)
    {
        var fields = question.Split(' ');
        return new OracleSubject().AskAsync(world, new(fields[0], fields[1], view));
    }
}
