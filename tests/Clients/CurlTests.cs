using System.Net;
using System.Text;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Clients;

/// <summary>curl asks in every form that the README shows.</summary>
public sealed class CurlTests(Playground playground) : IClassFixture<Playground>, IDisposable
{
    private const string Secco = "secco.dns-playground.svc.cluster.local";
    private const string SeccoAddress = "10.101.195.184";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("http", "--http1.1", "1.1")]
    [InlineData("h2c", "--http2-prior-knowledge", "2")]
    [InlineData("https", "--http1.1", "1.1")]
    [InlineData("https", "--http2", "2")]
    public async Task Message_by_GET_is_answered(string listener, string version, string spoken)
    {
        string message = Convert.ToBase64String(Question(Secco)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

        string said = await AskAsync(listener, version, "/dns-query?dns=" + message);

        Assert.Equal($"{spoken} 200 application/dns-message", said);
        AssertIsSecco();
    }

    [Theory]
    [InlineData("http", "--http1.1", "1.1")]
    [InlineData("h2c", "--http2-prior-knowledge", "2")]
    [InlineData("https", "--http1.1", "1.1")]
    [InlineData("https", "--http2", "2")]
    public async Task Message_by_POST_is_answered(string listener, string version, string spoken)
    {
        await File.WriteAllBytesAsync(_folder.PathOf("question"), Question(Secco), TestContext.Current.CancellationToken);

        string[] body = ["-H", "content-type: application/dns-message", "--data-binary", "@" + _folder.PathOf("question")];
        string said = await AskAsync(listener, version, "/dns-query", body);

        Assert.Equal($"{spoken} 200 application/dns-message", said);
        AssertIsSecco();
    }

    [Theory]
    [InlineData("http", "--http1.1", "1.1")]
    [InlineData("https", "--http2", "2")]
    public async Task Name_is_answered_as_JSON(string listener, string version, string spoken)
    {
        string said = await AskAsync(listener, version, $"/dns-query?name={Secco}&type=A");

        Assert.Equal($"{spoken} 200 application/json; charset=utf-8", said);
        Assert.Contains($$"""{"name":"{{Secco}}.","type":1,"TTL":30,"data":"{{SeccoAddress}}"}""", Reply(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Made_certificate_is_not_trusted_without_being_told()
    {
        ClientResult result = await OutsideClient.RunAsync("curl", "-sS", $"{playground.Server.Https}/resolve?name=localhost");

        Assert.Equal(60, result.ExitCode);
    }

    /// <summary>
    /// In a network where nothing else is, and the service's address is the server's own: curl asks for secco as a pod of the
    /// namespace would, and gets there.
    /// </summary>
    [Fact]
    public async Task Doh_url_of_a_namespace_takes_curl_to_its_service()
    {
        OutsideClient.Require("curl", "ip", "unshare", "nsenter");
        ClientResult allowed = await OutsideClient.RunAsync("unshare", "-n", "true");
        Assert.SkipUnless(allowed.ExitCode == 0, $"no network of its own: {allowed.Errors.Trim()}");
        string script = $"ip link set lo up && ip address add {SeccoAddress}/32 dev lo && exec \"$@\"";
        await using ServerProcess server = ServerProcess.StartUnder(
            ["unshare", "-n", "sh", "-c", script, "sh"], "Order=hosts,cluster,special", $"Listen:Http=127.0.0.1:8053,{SeccoAddress}:80");
        await server.ListeningAsync();

        ClientResult result = await OutsideClient.RunAsync(
            "nsenter", $"--net=/proc/{server.Id}/ns/net",
            "curl", "-sS", "--cacert", server.Certificate, "--doh-url", $"{server.Https}/dns-query/ns/dns-playground",
            "-o", "/dev/null", "-w", "%{url_effective} %{remote_ip} %{remote_port}", "http://secco/");

        Assert.Equal($"http://secco/ {SeccoAddress} 80", result.Text);
    }

    /// <summary>Asks by curl, keeps the body, and gives the HTTP version, the status and the content type.</summary>
    private async Task<string> AskAsync(string listener, string version, string target, params string[] more)
    {
        ServerProcess server = playground.Server;
        string origin = listener switch
        {
            "http" => server.Http,
            "https" => server.Https,
            _ => $"http://127.0.0.1:{server.H2cPort}",
        };
        string[] arguments =
        [
            "-sS", version, "--cacert", server.Certificate, "-o", _folder.PathOf("reply"),
            "-w", "%{http_version} %{http_code} %{content_type}", .. more, origin + target,
        ];
        return (await OutsideClient.RunAsync("curl", arguments)).Text;
    }

    private string Reply() => File.ReadAllText(_folder.PathOf("reply"));

    /// <summary>A reply with one record, whose last octets are the address.</summary>
    private void AssertIsSecco()
    {
        byte[] reply = File.ReadAllBytes(_folder.PathOf("reply"));
        Assert.Equal([0, 0, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], reply[..12]);
        Assert.Equal(IPAddress.Parse(SeccoAddress).GetAddressBytes(), reply[^4..]);
    }

    /// <summary>A question for addresses, its octets put down by hand (RFC 1035 4.1): identity 0, recursion desired.</summary>
    private static byte[] Question(string name) =>
    [
        0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
        .. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0,
        0, 1, 0, 1,
    ];
}
