using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Entries;

/// <summary>Many clients change the same entries of the program at once, over HTTP and into SQLite.</summary>
public sealed class WriteRaceTests
{
    private const int Writers = 64;
    private const int Each = 3;

    private static readonly string[] Names = ["a.race.example", "b.race.example"];

    /// <summary>Each adds one to what it has read, and puts it with If-Match; where another was first, it reads again.</summary>
    [Fact]
    public async Task Sixty_four_writers_with_if_match_lose_no_update_and_leave_one_line_of_history()
    {
        await using ServerProcess server = await ServerProcess.Start("Forward:Servers=").ListeningAsync();
        using var client = new HttpClient { BaseAddress = new Uri(server.Http), Timeout = TimeSpan.FromMinutes(3) };
        foreach (string name in Names) (await PutAsync(client, name, 0, EntityTagHeaderValue.Any, creates: true)).Dispose();

        int[] refused = await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => CountUpAsync(client, Names[i % Names.Length])));

        foreach (string name in Names)
        {
            JsonElement[] line = [.. (await HistoryAsync(client, name)).Reverse()];
            Assert.Equal(
                Enumerable.Range(0, 1 + (Writers * Each / Names.Length)), line.Select(change => Count(change.GetProperty("after"))));
            Assert.Equal(
                line.SkipLast(1).Select(change => change.GetProperty("after").GetRawText()),
                line.Skip(1).Select(change => change.GetProperty("before").GetRawText()));
            Assert.True(line.Zip(line.Skip(1)).All(pair => Revision(pair.First) < Revision(pair.Second)), "the revisions do not grow");
        }

        Assert.True(refused.Sum() > 0, "nobody was ever in another's way");
    }

    /// <returns>How often another writer was first.</returns>
    private static async Task<int> CountUpAsync(HttpClient client, string name)
    {
        int refused = 0;
        for (int done = 0; done < Each;)
        {
            using HttpResponseMessage read = await client.GetAsync($"/api/v1/entries/{name}/A");
            using JsonDocument entry = JsonDocument.Parse(await read.Content.ReadAsStringAsync());
            using HttpResponseMessage written = await PutAsync(client, name, Count(entry.RootElement) + 1, read.Headers.ETag!);
            if (written.StatusCode == HttpStatusCode.OK) done++;
            else refused++;
            Assert.Contains(written.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.PreconditionFailed });
        }

        return refused;
    }

    private static async Task<HttpResponseMessage> PutAsync(
        HttpClient client, string name, int count, EntityTagHeaderValue tag, bool creates = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/entries/{name}/A");
        request.Content = new StringContent(
            $$"""{"records":["10.0.{{count / 256}}.{{count % 256}}"]}""", Encoding.UTF8, "application/json");
        (creates ? request.Headers.IfNoneMatch : request.Headers.IfMatch).Add(tag);
        return await client.SendAsync(request);
    }

    private static async Task<IEnumerable<JsonElement>> HistoryAsync(HttpClient client, string name)
    {
        string page = await client.GetStringAsync($"/api/v1/entry-history?name={name}&limit=1000");
        return JsonDocument.Parse(page).RootElement.GetProperty("changes").EnumerateArray();
    }

    private static int Count(JsonElement entry)
    {
        byte[] address = IPAddress.Parse(entry.GetProperty("records")[0].GetString()!).GetAddressBytes();
        return (address[2] * 256) + address[3];
    }

    private static long Revision(JsonElement change) => change.GetProperty("revision").GetInt64();
}
