using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace KubeDoH.Tests.Api.Entries;

/// <summary>Imports and exports at an <see cref="EntryHost"/>.</summary>
internal static class TransferHost
{
    public const string HostsFile = "text/plain", ZoneFile = "text/dns", JsonText = "application/json";

    public static Task<TransferReply> ImportAsync(this EntryHost host, string mediaType, string query, string text) =>
        host.ImportAsync(mediaType, query, Encoding.UTF8.GetBytes(text));

    public static async Task<TransferReply> ImportAsync(this EntryHost host, string mediaType, string query, byte[] text)
    {
        using var content = new ByteArrayContent(text);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/entry-imports?{query}") { Content = content };
        using HttpResponseMessage response = await host.Client.SendAsync(request);
        return await TransferReply.ReadAsync(response);
    }

    public static async Task<TransferReply> ExportAsync(this EntryHost host, string query)
    {
        using HttpResponseMessage response = await host.Client.GetAsync($"/api/v1/entry-exports?{query}");
        return await TransferReply.ReadAsync(response);
    }

    /// <summary>The entries that a list shows, without what differs between stores.</summary>
    public static async Task<IReadOnlyList<string>> ShownAsync(this EntryHost host)
    {
        Reply reply = await host.SendAsync("GET", "?limit=1000");
        return [.. reply.Json.GetProperty("entries").EnumerateArray().Select(Shown)];
    }

    private static string Shown(JsonElement entry) =>
        $"{entry.GetProperty("name")} {entry.GetProperty("ttl")} {entry.GetProperty("type")} "
        + $"{string.Join(' ', entry.GetProperty("records").EnumerateArray())} ({entry.GetProperty("source")})";
}

internal sealed record TransferReply(int Status, string Body, string? MediaType, bool DryRun)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Problem => Json.GetProperty("type").GetString()!["/problems/".Length..];

    public string Detail => Json.GetProperty("detail").GetString()!;

    public IEnumerable<string?> Errors => Json.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("detail").GetString());

    /// <summary>Created, changed, deleted, unchanged, and how many lines were skipped.</summary>
    public string Counts => string.Join(
        ' ', new[] { "created", "changed", "deleted", "unchanged", "skippedCount" }.Select(n => Json.GetProperty(n).GetRawText()));

    public IEnumerable<string> Skipped =>
        Json.GetProperty("skipped").EnumerateArray().Select(s => $"{s.GetProperty("line")}: {s.GetProperty("reason")}");

    public IEnumerable<string> Changes => Json.GetProperty("changes").EnumerateArray().Select(c =>
        $"{c.GetProperty("change")} {c.GetProperty("name")} "
        + $"{c.GetProperty("type")}{(c.TryGetProperty("takenFrom", out JsonElement from) ? $" from {from}" : "")}");

    public static async Task<TransferReply> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
        response.Content.Headers.ContentType?.ToString(), response.Headers.Contains("X-Dry-Run"));
}
