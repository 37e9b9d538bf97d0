namespace KubeDoH.Tests.Clients;

/// <summary>BIND's dig and Knot's kdig ask; both speak HTTP/2 only.</summary>
public sealed class DigTests(Playground playground) : IClassFixture<Playground>
{
    private const string Found = "secco.dns-playground.svc.cluster.local.\n10.101.195.184\n";

    /// <summary>What dig says of every name that ends so, whoever answers.</summary>
    private const string AboutLocal = ";; WARNING: .local is reserved for Multicast DNS";

    [Theory]
    [InlineData("+https=/dns-query/ns/dns-playground")]
    [InlineData("+https-get=/dns-query/ns/dns-playground")]
    public async Task Dig_over_https_finds_a_short_name_of_the_namespace(string form) =>
        Assert.Equal(Found, await DigAsync(playground.Server.HttpsPort, form, "+short", "secco", "A"));

    [Theory]
    [InlineData("+http-plain=/dns-query/ns/dns-playground")]
    [InlineData("+http-plain-get=/dns-query/ns/dns-playground")]
    public async Task Dig_in_the_clear_finds_a_short_name_of_the_namespace(string form) =>
        Assert.Equal(Found, await DigAsync(playground.Server.H2cPort, form, "+short", "secco", "A"));

    [Theory]
    [InlineData("dns-playground.external", "A", "203.0.113.9\n")]
    [InlineData("184.195.101.10.in-addr.arpa", "PTR", "secco.dns-playground.svc.cluster.local.\n")]
    [InlineData("alias.example.com", "A", "www.example.com.\n192.0.2.53\n")]
    [InlineData("svc.example.com", "HTTPS", "1 . alpn=\"h2\"\n")]
    [InlineData("secco", "A", "")]
    public async Task Dig_finds_every_kind_of_name(string name, string type, string found) =>
        Assert.Equal(found, await DigAsync(playground.Server.HttpsPort, "+https=/dns-query", "+short", name, type));

    /// <summary>An unknown name comes as NXDOMAIN with the zone's SOA, and dig has nothing to complain about.</summary>
    [Fact]
    public async Task Dig_shows_a_whole_reply_without_a_warning()
    {
        string shown = await DigAsync(playground.Server.HttpsPort, "+https=/dns-query", "nobody.dns-playground.svc.cluster.local", "A");

        Assert.Contains("status: NXDOMAIN", shown, StringComparison.Ordinal);
        Assert.Contains("flags: qr aa rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1", shown, StringComparison.Ordinal);
        Assert.Contains("ns.dns.cluster.local. hostmaster.cluster.local.", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("WARNING", shown.Replace(AboutLocal, "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("+https=/dns-query/ns/dns-playground", "+nohttps-get")]
    [InlineData("+https=/dns-query/ns/dns-playground", "+https-get")]
    public async Task Kdig_over_https_finds_a_short_name_of_the_namespace(string form, string method) =>
        Assert.Equal(Found, await KdigAsync(form, method, "+short", "secco", "A"));

    /// <summary>kdig checks the certificate against the file that the start message names.</summary>
    [Fact]
    public async Task Kdig_trusts_the_made_certificate_by_file()
    {
        string shown = await KdigAsync(
            $"+tls-ca={playground.Server.Certificate}", "+tls-hostname=localhost", "+https=/dns-query", "dns-playground.external", "A");

        Assert.Contains("status: NOERROR", shown, StringComparison.Ordinal);
        Assert.Contains("203.0.113.9", shown, StringComparison.Ordinal);
    }

    private async Task<string> KdigAsync(params string[] arguments) =>
        (await OutsideClient.RunAsync("kdig", ["@127.0.0.1", "-p", $"{playground.Server.HttpsPort}", .. arguments])).Text;

    private static async Task<string> DigAsync(int port, params string[] arguments) =>
        (await OutsideClient.RunAsync("dig", ["@127.0.0.1", "-p", $"{port}", "+tries=1", .. arguments])).Text;
}
