using System.Net;
using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Forward;

public class ForwardRulesTests
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Rules = new()
    {
        ["corp"] = ["192.0.2.1"],
        ["Lab.Corp."] = ["192.0.2.2", "192.0.2.3"],
        ["10.in-addr.arpa"] = ["192.0.2.4"],
    };

    [Theory]
    [InlineData("corp", "192.0.2.1:53", true)]
    [InlineData("www.corp", "192.0.2.1:53", true)]
    [InlineData("lab.corp", "192.0.2.2:53", true)]
    [InlineData("a.b.lab.corp", "192.0.2.2:53", true)]
    [InlineData("notlab.corp", "192.0.2.1:53", true)]
    [InlineData("1.2.3.10.in-addr.arpa", "192.0.2.4:53", true)]
    [InlineData("notcorp", "192.0.2.9:53", false)]
    [InlineData("example.com", "192.0.2.9:53", false)]
    [InlineData(".", "192.0.2.9:53", false)]
    public void Longest_suffix_decides_and_only_rules_of_their_own_cover(string name, string firstServer, bool covers)
    {
        ForwardRules rules = ForwardRules.Create(new ForwardOptions { Servers = ["192.0.2.9"], Rules = Rules }, null, []);
        ReadOnlySpan<byte> wire = DnsName.Parse(name).Span;
        Assert.Equal(firstServer, rules.For(wire)!.Servers[0].ToString());
        Assert.Equal(covers, rules.Covers(wire));
        Assert.Empty(rules.Problems);
    }

    [Fact]
    public void Without_a_default_an_uncovered_name_has_no_rule()
    {
        ResolvConf unused = ResolvConf.Parse("nameserver 192.0.2.8");
        ForwardRules rules = ForwardRules.Create(new ForwardOptions { Servers = [], Rules = Rules }, unused, []);
        Assert.Null(rules.For(DnsName.Parse("example.com").Span));
        Assert.Null(rules.Default);
    }

    [Fact]
    public void Default_servers_are_those_of_resolv_conf_with_its_problems()
    {
        ForwardRules rules = ForwardRules.Create(new ForwardOptions(), ResolvConf.Parse("nameserver 192.0.2.8\nnameserver x"), []);
        Assert.Equal(["192.0.2.8:53"], rules.Default!.Servers.Select(server => server.ToString()));
        Assert.Equal("resolv.conf, line 2: 'x' is not an IP address", Assert.Single(rules.Problems));
    }

    [Theory]
    [InlineData("127.0.0.1:5353", "127.0.0.1:5353", true)]
    [InlineData("127.0.0.1:5353", "0.0.0.0:5353", true)]
    [InlineData("127.0.0.1:5353", "[::]:5353", true)]
    [InlineData("[::1]:5353", "[::]:5353", true)]
    [InlineData("127.0.0.1:53", "127.0.0.1:5353", false)]
    [InlineData("192.0.2.1:5353", "0.0.0.0:5353", false)]
    [InlineData("192.0.2.1:5353", "192.0.2.2:5353", false)]
    public void Own_listener_is_left_out(string server, string listener, bool own)
    {
        ForwardRules rules = ForwardRules.Create(
            new ForwardOptions { Servers = [server, "192.0.2.9"] }, null, [IPEndPoint.Parse(listener)]);
        Assert.Equal(own ? 1 : 2, rules.Default!.Servers.Count);
        Assert.Equal(own ? 1 : 0, rules.Problems.Count);
    }

    [Theory]
    [InlineData("a..b", "192.0.2.1", "Forward:Rules:a..b: ")]
    [InlineData("corp", "corp.example", "Forward:Rules:corp: 'corp.example' is not an IP address")]
    public void Bad_rule_is_a_problem_that_names_its_key(string suffix, string server, string problem)
    {
        var options = new ForwardOptions { Servers = [], Rules = new Dictionary<string, IReadOnlyList<string>> { [suffix] = [server] } };
        Assert.StartsWith(problem, ForwardRules.Create(options, null, []).Problems[0]);
    }
}
