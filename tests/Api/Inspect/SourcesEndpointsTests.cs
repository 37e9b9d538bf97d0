using System.Text.Json;
using KubeDoH.Api.Inspect;
using KubeDoH.Engine.Resolution;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Api.Inspect;

/// <summary>What <c>GET /api/v1/sources</c> tells.</summary>
public sealed class SourcesEndpointsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_source_is_there_once_and_in_order()
    {
        await using InspectHost host = await InspectHost.StartAsync(
            options => options.Order = ["special", "entries", "cluster", "hostAliases"]);

        JsonElement[] sources = await SourcesAsync(host);

        Assert.Equal(["special", "entries", "cluster", "hostAliases"], sources.Select(source => source.GetProperty("name").GetString()));
        Assert.All(sources, source => Assert.True(source.GetProperty("ready").GetBoolean()));
        Assert.All(sources, source => Assert.NotEmpty(source.GetProperty("description").GetString()!));
    }

    [Fact]
    public async Task Hosts_file_shows_its_time_and_its_bad_lines()
    {
        string good = _folder.Write("good", "192.0.2.1 a.example\n192.0.2.500 b.example\n192.0.2.3 c..example c.example\n");
        File.SetLastWriteTimeUtc(good, new DateTime(2026, 11, 23, 9, 0, 0, DateTimeKind.Utc));
        string missing = _folder.PathOf("missing");
        await using InspectHost host = await InspectHost.StartAsync(options => options.Hosts.Files = [good, missing]);

        JsonElement hosts = (await SourcesAsync(host)).Single(source => source.GetProperty("name").GetString() == "hosts");
        JsonElement[] parts = [.. hosts.GetProperty("parts").EnumerateArray()];

        Assert.Equal([good, missing], parts.Select(part => part.GetProperty("name").GetString()));
        Assert.Equal((2, 2), (parts[0].GetProperty("count").GetInt32(), parts[0].GetProperty("skipped").GetInt32()));
        Assert.Equal(
            [$"{good}:2: '192.0.2.500' is no IPv4 or IPv6 address", $"{good}:3: 'c..example': the name has an empty label"],
            parts[0].GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()));
        Assert.Equal("2026-11-23T09:00:00+00:00", parts[0].GetProperty("updatedAt").GetString());
        Assert.False(parts[0].TryGetProperty("lastError", out _));
        Assert.Equal($"{missing}: no such file", parts[1].GetProperty("lastError").GetProperty("text").GetString());
        Assert.True(hosts.GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task More_bad_lines_than_are_shown_are_counted()
    {
        string path = _folder.Write("hosts", string.Concat(Enumerable.Repeat("x a.example\n", 250)));
        await using InspectHost host = await InspectHost.StartAsync(options => options.Hosts.Files = [path]);

        JsonElement part = (await SourcesAsync(host))
            .Single(source => source.GetProperty("name").GetString() == "hosts").GetProperty("parts")[0];

        Assert.Equal((250, 100), (part.GetProperty("skipped").GetInt32(), part.GetProperty("problems").GetArrayLength()));
    }

    [Fact]
    public async Task Each_snapshot_file_is_a_part_and_one_that_was_never_read_is_not_ready()
    {
        string good = _folder.Write(
            "good.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Service\nmetadata: {}\n");
        string bad = _folder.Write("bad.yaml", "a: [");
        await using InspectHost host = await InspectHost.StartAsync(options => options.Kubernetes.Snapshot = [good, bad]);

        JsonElement cluster = (await SourcesAsync(host)).Single(source => source.GetProperty("name").GetString() == "cluster");
        JsonElement[] parts = [.. cluster.GetProperty("parts").EnumerateArray()];

        Assert.False(cluster.GetProperty("ready").GetBoolean());
        Assert.Equal([(good, true, 1, 1), (bad, false, 0, 0)], parts.Select(part => (part.GetProperty("name").GetString()!,
            part.GetProperty("ready").GetBoolean(), part.GetProperty("count").GetInt32(), part.GetProperty("skipped").GetInt32())));
        Assert.StartsWith(bad, parts[1].GetProperty("lastError").GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_counts_its_entries()
    {
        await using InspectHost host = await InspectHost.StartAsync();
        await host.PutAsync("a.example", "A", """{ "records": ["192.0.2.1"] }""");

        JsonElement part = (await SourcesAsync(host))
            .Single(source => source.GetProperty("name").GetString() == "entries").GetProperty("parts")[0];

        Assert.Equal(("store", 1), (part.GetProperty("name").GetString(), part.GetProperty("count").GetInt32()));
        Assert.True(part.TryGetProperty("updatedAt", out _));
    }

    [Fact]
    public void Watch_tells_how_long_it_has_been_silent_and_what_it_may_not()
    {
        DateTimeOffset heard = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
        var part = new SourcePart("services", Ready: false, 0, null)
        {
            HeardAt = heard,
            LastError = new SourceError(heard, "forbidden") { Permission = "list services" },
        };

        SourcePartDocument document = SourcePartDocument.Of(part, heard.AddSeconds(2.5));

        Assert.Equal((2.5, "list services"), (document.WatchAge, document.LastError!.Permission));
    }

    private static async Task<JsonElement[]> SourcesAsync(InspectHost host)
    {
        InspectReply reply = await host.GetAsync("/api/v1/sources");
        Assert.Equal((200, "application/json"), (reply.Status, reply.MediaType));
        return [.. reply.Json.GetProperty("sources").EnumerateArray()];
    }
}
