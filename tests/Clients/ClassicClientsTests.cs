using System.Globalization;
using System.Text.RegularExpressions;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Clients;

/// <summary>Programs that other people wrote ask over UDP, TCP and TLS.</summary>
public sealed class ClassicClientsTests(Playground playground) : IClassFixture<Playground>
{
    private const string Found = "secco.dns-playground.svc.cluster.local.\n10.101.195.184\n";

    [Theory]
    [InlineData("+notcp")]
    [InlineData("+tcp")]
    [InlineData("+noedns")]
    [InlineData("+cookie=0123456789abcdef")]
    [InlineData("+subnet=192.0.2.0/24")]
    public async Task Dig_finds_a_short_name_at_the_listener_of_its_namespace(string form) =>
        Assert.Equal(Found, await DigAsync(playground.Server.ViewPort, form, "+short", "secco", "A"));

    [Theory]
    [InlineData("secco", "A", "")]
    [InlineData("secco.dns-playground.svc.cluster.local", "A", "10.101.195.184\n")]
    [InlineData("184.195.101.10.in-addr.arpa", "PTR", "secco.dns-playground.svc.cluster.local.\n")]
    [InlineData("localhost", "A", "127.0.0.1\n")]
    [InlineData("any.name.localhost", "AAAA", "::1\n")]
    [InlineData("1.0.0.127.in-addr.arpa", "PTR", "localhost.\n")]
    [InlineData("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa", "PTR", "localhost.\n")]
    [InlineData("dns-playground.external", "A", "203.0.113.9\n")]
    [InlineData("alias.example.com", "A", "www.example.com.\n192.0.2.53\n")]
    public async Task Dig_finds_every_kind_of_name(string name, string type, string found) =>
        Assert.Equal(found, await DigAsync(playground.Server.DnsPort, "+short", name, type));

    [Theory]
    [InlineData("version.bind CH TXT", "REFUSED")]
    [InlineData("hostname.bind CH TXT", "REFUSED")]
    [InlineData("id.server CH TXT", "REFUSED")]
    [InlineData("example.com AXFR", "REFUSED")]
    [InlineData("+opcode=4 example.com", "NOTIMP")]
    [InlineData("+opcode=5 example.com", "NOTIMP")]
    [InlineData("+edns=1 +noednsnegotiation localhost", "BADVERS")]
    [InlineData("127.in-addr.arpa PTR", "NOERROR")]
    [InlineData("5.0.0.127.in-addr.arpa PTR", "NXDOMAIN")]
    [InlineData("nobody.invalid", "NXDOMAIN")]
    public async Task Dig_is_told_by_a_response_code_what_is_not_answered(string question, string status)
    {
        string shown = await DigAsync(playground.Server.DnsPort, ["+tcp", .. question.Split(' ')]);

        Assert.Contains(
            question.Contains("AXFR", StringComparison.Ordinal) ? "Transfer failed" : $"status: {status}", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dig_has_nothing_to_complain_about()
    {
        string shown = await DigAsync(playground.Server.DnsPort, "dns-playground.external", "A");

        Assert.Contains("flags: qr aa rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1", shown, StringComparison.Ordinal);
        Assert.Contains("; EDNS: version: 0, flags:; udp: 1232", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("WARNING", shown, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Kdig_over_tls_checks_the_made_certificate_by_file()
    {
        string shown = await KdigAsync(
            $"+tls-ca={playground.Server.Certificate}", "+tls-hostname=localhost", "dns-playground.external", "A");

        Assert.Contains("TLS session (TLS1.3)", shown, StringComparison.Ordinal);
        Assert.Contains("203.0.113.9", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kdig_asks_several_times_on_one_connection()
    {
        string shown = await KdigAsync("+tls", "+keepopen", "+short", "localhost", "dns-playground.external", "www.example.com");

        Assert.Equal("127.0.0.1\n203.0.113.9\n192.0.2.53\n", shown);
    }

    /// <summary>Some seconds of many questions at once: none is lost, and each gets its own response code.</summary>
    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("dot")]
    public async Task Dnsperf_loses_no_question(string mode)
    {
        OutsideClient.Require("dnsperf");
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("questions");
        await File.WriteAllTextAsync(file,
            "secco.dns-playground.svc.cluster.local A\nnobody.invalid A\n184.195.101.10.in-addr.arpa PTR\nlocalhost AAAA\n",
            TestContext.Current.CancellationToken);
        int port = mode == "dot" ? playground.Server.DotPort : playground.Server.DnsPort;

        string shown = (await OutsideClient.RunAsync(
            "dnsperf", "-s", "127.0.0.1", "-p", $"{port}", "-m", mode, "-d", file, "-n", "2000", "-c", "8", "-q", "50", "-t", "20")).Text;

        int Number(string line) => int.Parse(Regex.Match(shown, $@"{line}:? +(\d+)").Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.Equal(8000, Number("Queries completed"));
        Assert.Equal(0, Number("Queries lost"));
        Assert.Equal((6000, 2000), (Number("NOERROR"), Number("NXDOMAIN")));
    }

    private static async Task<string> DigAsync(int port, params string[] arguments) =>
        (await OutsideClient.RunAsync("dig", ["@127.0.0.1", "-p", $"{port}", "+tries=1", "+time=20", .. arguments])).Text;

    private async Task<string> KdigAsync(params string[] arguments) =>
        (await OutsideClient.RunAsync("kdig", ["@127.0.0.1", "-p", $"{playground.Server.DotPort}", .. arguments])).Text;
}
