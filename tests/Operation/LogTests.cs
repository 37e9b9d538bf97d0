using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeDoH.Tests.Clients;
using KubeDoH.Tests.Listeners;

namespace KubeDoH.Tests.Operation;

/// <summary>What the program logs: the lines of its standard output.</summary>
public sealed partial class LogTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Question_is_logged_with_the_fields_of_CoreDNS_and_without_who_asked()
    {
        string[] lines = await QueryLinesAsync(["QueryLog:Zones:.=all"], "/dns-query/ns/dns-playground?name=secco&type=AAAA&do=1");

        Assert.Matches(
            """^\S+Z info: KubeDoH\.Api\.Doh\.QueryLog\[\d+\] - - 0 "AAAA IN secco\. https 34 true 512" NOERROR qr,aa,rd,ra \d+ 0\.\d{9}s cluster dns-playground \S+$""",
            Assert.Single(lines));
        Assert.DoesNotContain("127.0.0.1", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zones_and_classes_choose_what_is_logged()
    {
        string[] lines = await QueryLinesAsync(
            ["QueryLog:Zones:.=error", "QueryLog:Zones:cluster.local=denial", "Forward:Servers=", "QueryLog:Clients=true"],
            "/resolve?name=kubernetes.default.svc.cluster.local", "/resolve?name=nobody.default.svc.cluster.local",
            "/resolve?name=localhost",
            "/resolve?name=www.example.com");

        Assert.Equal(["nobody.default.svc.cluster.local. NXDOMAIN", "www.example.com. REFUSED"], lines.Select(NameAndCode));
        Assert.All(lines, line => Assert.Matches(@"\] 127\.0\.0\.1:\d+ - ", line));
    }

    [Fact]
    public async Task Client_of_classic_DNS_is_logged_with_its_port()
    {
        await using ServerProcess server = await ServerProcess.Start("QueryLog:Zones:.=all", "QueryLog:Clients=true").ListeningAsync();
        using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await datagrams.ConnectAsync(IPAddress.Loopback, server.DnsPort, Ct);
        await datagrams.SendAsync(ClassicClient.Question("localhost"), Ct);
        await ClassicClient.ReceiveAsync(datagrams);
        using TcpClient stream = await ClassicClient.ConnectTcpAsync(new IPEndPoint(IPAddress.Loopback, server.DnsPort));
        await stream.GetStream().WriteAsync(ClassicClient.Frame(ClassicClient.Question("localhost")), Ct);
        await ClassicClient.ReadAsync(stream.GetStream());
        EndPoint?[] clients = [datagrams.LocalEndPoint, stream.Client.LocalEndPoint];
        await server.StopAsync();

        string[] lines = [.. server.Output.Split('\n').Where(line => line.Contains("Doh.QueryLog", StringComparison.Ordinal))];
        Assert.Equal(clients.Select(client => $"] {client} - "), lines.Select(line => ClientOf().Match(line).Value));
    }

    [Fact]
    public async Task Nothing_is_logged_of_questions_unless_it_is_wanted() =>
        Assert.Empty(await QueryLinesAsync([], "/resolve?name=localhost"));

    [Fact]
    public async Task Json_is_an_object_a_line_with_each_value_by_its_name()
    {
        string[] lines = await QueryLinesAsync(
            ["Logging:Format=json", "QueryLog:Zones:.=all"], "/resolve?name=kubernetes.default.svc.cluster.local");

        JsonElement line = JsonDocument.Parse(Assert.Single(lines)).RootElement;
        Assert.Equal("Information", line.GetProperty("LogLevel").GetString());
        JsonElement state = line.GetProperty("State");
        Assert.Equal(
            ("kubernetes.default.svc.cluster.local.", "A", "NOERROR", "cluster"),
            (
                state.GetProperty("Name").GetString(), state.GetProperty("Type").GetString(),
                state.GetProperty("Rcode").GetString(), state.GetProperty("Source").GetString()
            ));
    }

    [Fact]
    public async Task Request_is_called_by_one_id_in_header_and_problem()
    {
        await using ServerProcess server = await ServerProcess.Start().ListeningAsync();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server.Http}/api/v1/records?nonsense=1");
        request.Headers.Add("X-Request-Id", "from-a-caller-1");
        using HttpResponseMessage named = await client.SendAsync(request, Ct);
        Assert.Equal(("from-a-caller-1", "from-a-caller-1"), await IdsAsync(named));

        using HttpResponseMessage own = await client.GetAsync($"{server.Http}/dns-query", Ct);
        (string header, string instance) = await IdsAsync(own);
        Assert.Equal(header, instance);
        Assert.NotEqual("", header);

        using var hostile = new HttpRequestMessage(HttpMethod.Get, $"{server.Http}/api/v1/sources");
        hostile.Headers.TryAddWithoutValidation("X-Request-Id", "a b<script>");
        using HttpResponseMessage made = await client.SendAsync(hostile, Ct);
        Assert.DoesNotContain("script", made.Headers.GetValues("X-Request-Id").Single(), StringComparison.Ordinal);
    }

    private static async Task<(string Header, string Instance)> IdsAsync(HttpResponseMessage response)
    {
        JsonElement problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;
        return (response.Headers.GetValues("X-Request-Id").Single(), problem.GetProperty("instance").GetString()!);
    }

    /// <summary>Asks, stops the server, and returns the lines of its query log.</summary>
    private static async Task<string[]> QueryLinesAsync(string[] settings, params string[] targets)
    {
        await using ServerProcess server = await ServerProcess.Start(settings).ListeningAsync();
        using var client = new HttpClient();
        foreach (string target in targets) await client.GetStringAsync(server.Http + target, Ct);
        await server.StopAsync();
        return [.. server.Output.Split('\n').Where(line => line.Contains("Doh.QueryLog", StringComparison.Ordinal))];
    }

    private static string NameAndCode(string line)
    {
        Match match = NameAndRcode().Match(line);
        return $"{match.Groups[1].Value} {match.Groups[2].Value}";
    }

    [GeneratedRegex(@"\] [\d.]+:\d+ - ")]
    private static partial Regex ClientOf();

    [GeneratedRegex("""IN (\S+) https [^"]+" (\w+) """)]
    private static partial Regex NameAndRcode();
}
