using KubeDoH.Engine.Hosts;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Tests.Hosts;

/// <summary>The lines of hosts(5).</summary>
public sealed class HostsTextTests
{
    [Theory]
    [InlineData("192.0.2.1 a.example", "192.0.2.1 a.example.")]
    [InlineData("192.0.2.1\ta.example  b\t c", "192.0.2.1 a.example. b. c.")]
    [InlineData("  192.0.2.1 a.example \r", "192.0.2.1 a.example.")]
    [InlineData("192.0.2.1 A.Example.", "192.0.2.1 a.example.")]
    [InlineData("192.0.2.1 a # 192.0.2.2 b", "192.0.2.1 a.")]
    [InlineData("192.0.2.1 a#b", "192.0.2.1 a.")]
    [InlineData("2001:DB8::1 six.example", "2001:db8::1 six.example.")]
    [InlineData("fe80::1%lo0 local.example", "fe80::1 local.example.")]
    [InlineData("127.0.0.1 with_underscore", "127.0.0.1 with_underscore.")]
    [InlineData("", "")]
    [InlineData("   # only words", "")]
    public void Line_is_read(string line, string expected)
    {
        var problems = new List<HostsProblem>();
        Assert.Equal(expected, string.Join('\n', HostsText.Read("hosts", line, problems).Select(Write)));
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("name 192.0.2.1", "", "'name' is no IPv4 or IPv6 address")]
    [InlineData("192.0.2 a", "", "'192.0.2' is no IPv4 or IPv6 address")]
    [InlineData("192.0.2.01 a", "", "'192.0.2.01' is no IPv4 or IPv6 address")]
    [InlineData("192.0.2.1%eth0 a", "", "'192.0.2.1%eth0' is no IPv4 or IPv6 address")]
    [InlineData("[2001:db8::1] a", "", "'[2001:db8::1]' is no IPv4 or IPv6 address")]
    [InlineData("192.0.2.1", "", "the address 192.0.2.1 has no name")]
    [InlineData("192.0.2.1 a..b good", "192.0.2.1 good.", "'a..b': the name has an empty label")]
    [InlineData("192.0.2.1 *.a good", "192.0.2.1 good.", "'*.a': a hosts file has no wildcards; make it an entry")]
    [InlineData("192.0.2.1 .", "", "the root cannot have an address")]
    public void Bad_part_of_a_line_is_reported_and_left_out(string line, string expected, string problem)
    {
        var problems = new List<HostsProblem>();
        Assert.Equal(expected, string.Join('\n', HostsText.Read("hosts", $"\n{line}\n", problems).Select(Write)));
        Assert.Equal($"hosts:2: {problem}", Assert.Single(problems).ToString());
    }

    private static string Write(AddressLine line) => $"{line.Address} {string.Join(' ', line.Names)}";
}
