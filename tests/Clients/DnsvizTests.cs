using System.Net.Http.Json;
using System.Text.Json;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Clients;

/// <summary>
/// DNSViz looks at a zone that is put together of entries, SOA and NS among them, as it looks at a zone in the internet: over UDP and TCP,
/// with and without EDNS, unknown names and unknown types.
/// </summary>
public sealed class DnsvizTests
{
    private const string Zone = "corp.example";

    private static readonly (string Name, string Type, string Record)[] Entries =
    [
        (Zone, "SOA", "ns1.corp.example. hostmaster.corp.example. 1 7200 1800 86400 30"),
        (Zone, "NS", "ns1.corp.example."),
        ("ns1.corp.example", "A", "127.0.0.1"),
        (Zone, "MX", "10 www.corp.example."),
        (Zone, "TXT", "\"v=spf1 -all\""),
        ("www.corp.example", "A", "10.0.0.5"),
        ("alias.corp.example", "CNAME", "www.corp.example."),
    ];

    /// <summary>
    /// What it finds is one thing, and meant so: entries say of no name that it does not exist, as they lie over what other sources know.
    /// A name that is no entry is the next source's, and here there is none, so that it is REFUSED.
    /// </summary>
    [Fact]
    public async Task Zone_of_entries_has_nothing_wrong_but_that_unknown_names_are_the_next_sources()
    {
        OutsideClient.Require("dnsviz");
        using var folder = new TemporaryFolder();
        await using ServerProcess server = await ServerProcess.Start("Forward:Servers=").ListeningAsync();
        using var http = new HttpClient { BaseAddress = new Uri(server.Http) };
        foreach ((string name, string type, string record) in Entries)
        {
            using HttpResponseMessage put = await http.PutAsJsonAsync(
                $"/api/v1/entries/{name}/{type}", new { ttl = 300, records = (string[])[record] }, TestContext.Current.CancellationToken);
            put.EnsureSuccessStatusCode();
        }

        string probe = folder.PathOf("probe.json");
        _ = (await OutsideClient.RunAsync(
            "dnsviz", "probe", "-4", "-A", "-o", probe, "-x", $"{Zone}+:ns1.{Zone}=127.0.0.1:{server.DnsPort}", Zone)).Text;
        string grok = (await OutsideClient.RunAsync("dnsviz", "grok", "-l", "warning", "-r", probe)).Text;

        using JsonDocument found = JsonDocument.Parse(grok);
        Assert.Equal(["INVALID_RCODE"], Codes(found.RootElement).Distinct());
        Assert.Contains("(REFUSED)", grok, StringComparison.Ordinal);
    }

    /// <summary>The codes of every error and warning, wherever they stand.</summary>
    private static IEnumerable<string> Codes(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.Name is "errors" or "error" or "warnings" or "warning"
            ? member.Value.EnumerateArray().Select(finding => finding.GetProperty("code").GetString()!)
            : Codes(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Codes),
        _ => [],
    };
}
