using System.Text;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Tests.Document;
using KubeDoH.Tests.Files;
using Microsoft.AspNetCore.Builder;

namespace KubeDoH.Tests.Clients;

/// <summary>
/// Each route as each caller asks for it, at the program itself and from addresses that are really other ones; and nothing of a secret
/// in anything that it says or keeps.
/// </summary>
public sealed class SecurityTableTests : IDisposable
{
    /// <summary>Where callers are.</summary>
    private static readonly string[] Remotes = [SecurityTable.Remote, SecurityTable.Proxy, SecurityTable.Elsewhere];

    private static readonly string[] Addresses = [SecurityTable.Home, .. Remotes];

    /// <summary>The tokens by their words in the table, and what follows the hash in their lines.</summary>
    private static readonly IReadOnlyDictionary<string, string> Tokens = new Dictionary<string, string>
    {
        ["admin"] = "admin",
        ["expired"] = "admin expires=2026-01-01",
        ["asker"] = "query",
        ["reader"] = "entries:read",
        ["writer"] = "entries:write",
        ["inspector"] = "inspect",
        ["team"] = "entries:read entries:write suffix=team.example",
        ["shop"] = "entries:read entries:write namespace=shop",
    };

    private const string Entry = """{"records":["192.0.2.77"]}""";

    private readonly TemporaryFolder _folder = new();
    private readonly StringBuilder _said = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_route_has_a_row_in_the_table()
    {
        await using DocumentHost host = await DocumentHost.StartAsync();

        Assert.Empty(SecurityTable.Missing(host.Routes));
    }

    [Fact]
    public async Task Planted_route_without_a_row_is_missed()
    {
        await using DocumentHost host = await DocumentHost.StartAsync(app => app.MapPost("/api/v1/planted", () => ""));

        Assert.Contains("POST /api/v1/planted has no row", SecurityTable.Missing(host.Routes));
    }

    [Fact]
    public async Task Without_tokens_the_machine_itself_may_everything_and_nobody_else_anything()
    {
        await using OwnNetwork network = await OwnNetwork.StartAsync(
            Addresses, $"Listen:Proxies={SecurityTable.Proxy}", "Logging:LogLevel:Default=trace", "Management:RateLimit=0");

        await HoldAsync(network, SecurityTable.WithoutTokens);
    }

    [Fact]
    public async Task With_tokens_each_may_what_its_own_allows()
    {
        string lines = string.Concat(Tokens.Select(token => $"{token.Key} {TokenHash.Of(SecretOf(token.Key))} {token.Value}\n"));
        await using OwnNetwork network = await OwnNetwork.StartAsync(
            Addresses, $"Management:TokenFile={_folder.Write("tokens", lines)}", "Management:RateLimit=0", "Query:RequireToken=true",
            "Query:Allow=127.0.0.1,192.0.2.0/24", $"Listen:Proxies={SecurityTable.Proxy}", "Logging:LogLevel:Default=trace");

        await HoldAsync(network, SecurityTable.WithTokens);
    }

    /// <summary>
    /// A form can be sent to every path without the caller's page asking first (Fetch: a request with a safelisted type).
    /// </summary>
    [Fact]
    public async Task Form_of_another_site_gets_nowhere()
    {
        await using ServerProcess server = await ServerProcess.Start().ListeningAsync();
        using var client = new HttpClient { BaseAddress = new Uri(server.Http) };
        string[] types = ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=b"];
        foreach ((string target, string type) in SecurityTable.Rows.Select(row => row.Target).Distinct().SelectMany(
            target => types, (target, type) => (target, type)))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new StringContent(Entry) };
            request.Content.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            request.Headers.TryAddWithoutValidation("Origin", "http://evil.example");
            using HttpResponseMessage reply = await client.SendAsync(request, TestContext.Current.CancellationToken);

            int[] expected = target.StartsWith("/api/", StringComparison.Ordinal) ? [403] : [400, 405, 415];
            Assert.True(expected.Contains((int)reply.StatusCode), $"{target}: {(int)reply.StatusCode}");
        }
    }

    [Theory]
    [InlineData("Logging:ClientAddresses=true", true)]
    [InlineData("Logging:ClientAddresses=false", false)]
    public async Task Address_of_a_refused_caller_is_logged_where_that_is_asked_for(string setting, bool shown)
    {
        await using OwnNetwork network = await OwnNetwork.StartAsync(
            Addresses, setting, $"Listen:Proxies={SecurityTable.Proxy}", "Logging:LogLevel:Default=trace");
        using HttpClient client = network.ClientAt(SecurityTable.Proxy, SecurityTable.Home);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/entries");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", SecurityTable.Elsewhere);
        using HttpResponseMessage reply = await client.SendAsync(request, TestContext.Current.CancellationToken);

        string output = await StoppedAsync(network);
        Assert.Equal(403, (int)reply.StatusCode);
        Assert.Contains("GET /api/v1/entries, was refused (loopback-only)", output, StringComparison.Ordinal);
        Assert.Equal(shown, Remotes.Any(address => output.Contains(address, StringComparison.Ordinal)));
    }

    /// <summary>Asks every row as every caller; then looks for secrets and addresses in all that was said, logged and kept.</summary>
    private async Task HoldAsync(OwnNetwork network, IReadOnlyList<SecurityCaller> callers)
    {
        await PutKeptAsync(network);
        var wrong = new List<string>();
        foreach (SecurityCaller caller in callers)
        {
            using HttpClient client = network.ClientAt(
                caller.From, caller.From == SecurityTable.Loopback ? SecurityTable.Loopback : SecurityTable.Home);
            foreach (SecurityRow row in SecurityTable.Rows)
            {
                int status = await AskAsync(client, row, caller), expected = caller.StatusOf(row);
                if (status != expected) wrong.Add($"{caller.Name}: {row.Method} {row.Target}: {status}, not {expected}");
            }
        }

        Assert.Equal("", string.Join('\n', wrong));
        string log = await StoppedAsync(network), kept = ReadKept(network.Server.Data);
        Assert.Contains("was refused", log, StringComparison.Ordinal);
        Assert.Contains("192.0.2.77", kept, StringComparison.Ordinal);
        Assert.All(Tokens.Keys.Append("wrong"), token => Assert.DoesNotContain(
            SecretOf(token), $"{log}\n{kept}\n{_said}", StringComparison.Ordinal));
        Assert.All(Remotes, address => Assert.DoesNotContain(address, log, StringComparison.Ordinal));
    }

    private static async Task PutKeptAsync(OwnNetwork network)
    {
        using HttpClient owner = network.ClientAt(SecurityTable.Loopback, SecurityTable.Loopback);
        using var put = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/entries/{SecurityTable.Kept}/A");
        put.Content = new StringContent(Entry, Encoding.UTF8, "application/json");
        put.Headers.TryAddWithoutValidation("Authorization", $"Bearer {SecretOf("admin")}");
        using HttpResponseMessage created = await owner.SendAsync(put, TestContext.Current.CancellationToken);
        Assert.Equal(201, (int)created.StatusCode);
    }

    private async Task<int> AskAsync(HttpClient client, SecurityRow row, SecurityCaller caller)
    {
        using HttpRequestMessage request = SecurityTable.Request(row, caller, Reveal);
        using HttpResponseMessage reply =
            await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        bool endless = reply.Content.Headers.ContentType?.MediaType == "text/event-stream";
        string body = endless ? "" : await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        _said.Append(reply.Headers).Append(reply.Content.Headers).AppendLine(body);
        int status = (int)reply.StatusCode;
        if (status >= 400) Assert.Equal("application/problem+json", reply.Content.Headers.ContentType?.MediaType);
        if (status == 401) Assert.NotEmpty(reply.Headers.WwwAuthenticate);
        return status;
    }

    /// <summary>The store with its history, and whatever else the program wrote.</summary>
    private static string ReadKept(string folder) => string.Join('\n', Directory
        .EnumerateFiles(
            folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));

    private static async Task<string> StoppedAsync(OwnNetwork network)
    {
        Assert.Equal(0, await network.Server.StopAsync());
        return network.Server.Output;
    }

    private static string SecretOf(string token) => $"kdoh_secret-of-{token}-0123456789abcdef";

    private static string Reveal(string header)
    {
        header = header.Replace("{hash}", TokenHash.Of(SecretOf("admin")).ToString(), StringComparison.Ordinal);
        foreach (string token in Tokens.Keys.Append("wrong"))
            header = header.Replace($"{{{token}}}", SecretOf(token), StringComparison.Ordinal);
        return header;
    }
}
