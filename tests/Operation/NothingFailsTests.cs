using System.Net;
using KubeDoH.Tests.Clients;
using KubeDoH.Tests.Fakes;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Operation;

/// <summary>
/// While questions come without a pause the configuration is changed (once to something wrong), the certificate rotates, and the server is
/// told to stop and its successor takes over: no question fails.
/// </summary>
public sealed class NothingFailsTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>A row for each transport that names are answered over.</summary>
    public static TheoryData<string> Names => [.. Transports.Select(transport => transport.Name)];

    private static Transport[] Transports =>
    [
        new("https, HTTP/2", (server, trusted) => new HttpsAsker(server.Https, HttpVersion.Version20, stays: true, trusted)),
        new("https, a connection for each question",
            (server, trusted) => new HttpsAsker(server.Https, HttpVersion.Version11, stays: false, trusted)) { Questions = 5_000 },
        new("UDP", (server, _) => new UdpAsker(server.DnsPort)),
        new("TCP", (server, _) => new StreamAsker(server.DnsPort, null)),
        new("TLS", (server, trusted) => new StreamAsker(server.DotPort, trusted)) { Questions = 20_000 },
    ];

    private string Config => _folder.PathOf("config.json");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_question_fails_through_reload_rotation_and_lameduck(string name)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using FakeUpstream upstream = FakeUpstream.Start();
        upstream.Remembers = false;
        upstream.Add("www.upstream.example", 1, "A", "192.0.2.80");
        Transport transport = Transports.Single(one => one.Name == name);
        var pairs = new CertificatePairs(_folder);
        var trusted = new Trusted(pairs.Fingerprints);
        pairs.Put(0);
        Configure(upstream, 0);

        string[] settings =
            [$"Config={Config}", "Store:Kind=memory", $"Listen:Certificate={pairs.Path}", $"Listen:CertificateKey={pairs.KeyPath}"];
        await using ServerProcess first = await ServerProcess.Start(settings).ListeningAsync();
        await using ServerProcess second = await ServerProcess.Start(settings).ListeningAsync();
        var load = new Load(transport, trusted, transport.Questions) { Target = first };
        await load.RunAsync(async token =>
        {
            for (int round = 1; round <= 4; round++)
            {
                pairs.Put(round % 2);
                if (round == 3) await File.WriteAllTextAsync(Config, "{ this is not finished", token);
                else Configure(upstream, round);
                int reached = load.Answered;
                await UntilAsync(() => Reloads(first) >= round, token);
                await UntilAsync(() => load.Answered > reached + 100 || load.Failures.Count > 0, token);
            }

            await first.SignalAsync("TERM");
            await UntilAsync(() => StatusAsync($"{first.Http}/ready"), HttpStatusCode.ServiceUnavailable, token);
            load.Target = second;
            Assert.Equal(0, await first.StoppedAsync());
        }, ct);

        output.WriteLine($"{load.Answered} questions over {name}");
        Assert.True(load.Failures.Count == 0, string.Join('\n', [.. load.Failures, first.Output, second.Output]));
        Assert.True(load.Answered >= transport.Questions, $"only {load.Answered}");
        Assert.Contains("Certificate: a new one is in use", first.Output, StringComparison.Ordinal);
        Assert.Contains("what was in force stays in force", first.Output, StringComparison.Ordinal);
        if (name.Contains("for each", StringComparison.Ordinal)) Assert.Equal(2, trusted.Shown.Count);
    }

    /// <summary>What the log tells of changes of the configuration: that they are in force, or refused.</summary>
    private static int Reloads(ServerProcess server) =>
        server.Output.Split('\n').Count(line => line.Contains("Configuration: read again", StringComparison.Ordinal))
        + (server.Output.Contains("what was in force stays in force", StringComparison.Ordinal) ? 1 : 0);

    /// <summary>Settings of every section that may change, other ones each time.</summary>
    private void Configure(FakeUpstream upstream, int round) => File.WriteAllText(Config, $$"""
        {
          "Listen": { "Lameduck": "2s" },
          "Forward": { "Servers": ["{{upstream.Address}}"], "Policy": "{{(round % 2 == 0 ? "sequential" : "random")}}", "MaxConcurrent": {{1000 + round}} },
          "Cache": { "Size": "{{1 + round}}MB" },
          "Hosts": { "Inline": ["192.0.2.{{round + 1}} inline{{round}}.example"], "Ttl": {{30 + round}} },
          "Kubernetes": { "Ttl": {{20 + round}}, "Pods": "{{(round % 2 == 0 ? "insecure" : "disabled")}}" },
          "Order": ["hostAliases", "entries", {{(round % 2 == 0 ? "\"hosts\", \"cluster\"" : "\"cluster\", \"hosts\"")}}, "special", "forward"]
        }
        """);

    private static async Task<HttpStatusCode> StatusAsync(string url)
    {
        using var client = new HttpClient();
        return (await client.GetAsync(url)).StatusCode;
    }

    private static async Task UntilAsync(Func<bool> holds, CancellationToken ct)
    {
        long limit = Environment.TickCount64 + 120_000;
        while (!holds())
        {
            Assert.True(Environment.TickCount64 < limit, "waited in vain");
            await Task.Delay(20, ct);
        }
    }

    private static async Task UntilAsync<T>(Func<Task<T>> read, T expected, CancellationToken ct)
    {
        long limit = Environment.TickCount64 + 120_000;
        while (!Equals(await read(), expected))
        {
            Assert.True(Environment.TickCount64 < limit, "waited in vain");
            await Task.Delay(20, ct);
        }
    }
}
