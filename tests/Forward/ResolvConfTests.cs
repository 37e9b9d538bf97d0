using KubeDoH.Engine.Forward;

namespace KubeDoH.Tests.Forward;

public class ResolvConfTests
{
    [Fact]
    public void Every_nameserver_is_kept_in_order()
    {
        ResolvConf conf = ResolvConf.Parse(
            "nameserver 192.0.2.3\nnameserver 192.0.2.1\nnameserver 2001:db8::1\n\tnameserver  192.0.2.2\r\n");
        Assert.Equal(["192.0.2.3", "192.0.2.1", "2001:db8::1", "192.0.2.2"], conf.Nameservers.Select(address => address.ToString()));
        Assert.Empty(conf.Problems);
    }

    [Fact]
    public void Scope_id_is_kept() =>
        Assert.Equal(1, Assert.Single(ResolvConf.Parse("nameserver fe80::1%lo").Nameservers).ScopeId);

    [Theory]
    [InlineData("search a.example b.example", "a.example. b.example.")]
    [InlineData("domain a.example", "a.example.")]
    [InlineData("domain a.example\nsearch b.example c.example.", "b.example. c.example.")]
    [InlineData("search a.example b.example\ndomain c.example", "c.example.")]
    [InlineData("search .", ".")]
    [InlineData("search A.Example # b.example", "a.example.")]
    [InlineData("nameserver 192.0.2.1", "")]
    public void Last_search_or_domain_wins(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', ResolvConf.Parse(text).Search));

    [Theory]
    [InlineData("", 1, 5, 2)]
    [InlineData("options ndots:5 timeout:1 attempts:3 edns0 trust-ad", 5, 1, 3)]
    [InlineData("options ndots:99 timeout:99 attempts:99", 15, 30, 5)]
    [InlineData("options ndots:0\noptions rotate", 0, 5, 2)]
    [InlineData("options ndots:2 ; ndots:3", 2, 5, 2)]
    public void Options_are_read_and_capped(string text, int ndots, int timeout, int attempts)
    {
        ResolvConf conf = ResolvConf.Parse(text);
        Assert.Equal((ndots, timeout, attempts), (conf.Ndots, conf.Timeout, conf.Attempts));
        Assert.Empty(conf.Problems);
    }

    [Theory]
    [InlineData("# nameserver 192.0.2.1\n; nameserver 192.0.2.2\n#nameserver 192.0.2.3\n\n   \n")]
    [InlineData("sortlist 192.0.2.0/255.255.255.0")]
    public void Comments_and_lines_without_a_use_are_no_problem(string text)
    {
        ResolvConf conf = ResolvConf.Parse(text);
        Assert.Empty(conf.Nameservers);
        Assert.Empty(conf.Problems);
    }

    [Theory]
    [InlineData("nameserver", "'nameserver'")]
    [InlineData("nameserver dns.example", "'dns.example'")]
    [InlineData("nameserver 192.0.2.1:53", "'192.0.2.1:53'")]
    [InlineData("nameserver 192.0.2.1 192.0.2.2", "'nameserver'")]
    [InlineData("nameserver fe80::1%no-such-interface", "no-such-interface")]
    [InlineData("search", "'search'")]
    [InlineData("search a..example", "'a..example'")]
    [InlineData("options ndots", "'ndots'")]
    [InlineData("options ndots:x", "'ndots:x'")]
    [InlineData("options ndots:-1", "'ndots:-1'")]
    [InlineData("nameservers 192.0.2.1", "'nameservers'")]
    public void Bad_line_is_reported_with_its_number_and_the_rest_is_used(string line, string quoted)
    {
        ResolvConf conf = ResolvConf.Parse($"nameserver 192.0.2.8\n{line}\nnameserver 192.0.2.9\n");
        ResolvConfProblem problem = Assert.Single(conf.Problems);
        Assert.Equal(2, problem.Line);
        Assert.Contains(quoted, problem.Text);
        Assert.Equal(2, conf.Nameservers.Count);
    }
}
