using System.Globalization;
using System.Text.Json;

namespace KubeDoH.Tests.Api.Entries;

/// <summary>An event as it was sent; a block without one (a comment, an id alone) has no name.</summary>
internal sealed record SentEvent(string? Name, string? Id, string? Data, string? Comment)
{
    /// <summary><c>created a.example. 192.0.2.1 #7</c>; without an id, without its end.</summary>
    public override string ToString()
    {
        if (Data is null) return Comment is null ? $"#{Id}" : ":";
        JsonElement change = JsonDocument.Parse(Data).RootElement;
        string record = change.TryGetProperty("after", out JsonElement after) ? " " + after.GetProperty("records")[0].GetString() : "";
        return $"{Name} {change.GetProperty("name").GetString()}{record}{(Id is null ? "" : $" #{Id}")}";
    }
}

/// <summary>Reads server-sent events (HTML 9.2.6), one block after the other.</summary>
internal sealed class EventReader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private EventReader(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _lines = new StreamReader(body);
    }

    public string? MediaType => _response.Content.Headers.ContentType?.ToString();

    public static async Task<EventReader> OpenAsync(HttpClient client, string query = "", long? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/entry-events" + query);
        if (lastEventId is { } id) request.Headers.Add("Last-Event-ID", id.ToString(CultureInfo.InvariantCulture));
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)response.StatusCode);
        return new EventReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next block; null at the end of the stream.</summary>
    public async Task<SentEvent?> NextAsync()
    {
        SentEvent block = new(null, null, null, null);
        while (await _lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience) is { } line)
        {
            if (line.Length == 0) return block;
            string[] parts = line.Split(": ", 2);
            block = parts[0] switch
            {
                "event" => block with { Name = parts[1] },
                "id" => block with { Id = parts[1] },
                "data" => block with { Data = parts[1] },
                "retry" => block,
                _ when line[0] == ':' => block with { Comment = line },
                _ => throw new InvalidDataException($"'{line}' is no line of an event."),
            };
        }

        return null;
    }

    public async Task<string[]> NextAsync(int count)
    {
        var read = new string[count];
        for (int i = 0; i < count; i++) read[i] = (await NextAsync())?.ToString() ?? "end";
        return read;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }
}
