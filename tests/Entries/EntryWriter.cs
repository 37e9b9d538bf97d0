using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Entries;

/// <summary>A client that puts a counter into one entry after the other, and notes what was acknowledged.</summary>
internal sealed class EntryWriter(int number)
{
    public const int Names = 25;

    /// <summary>The last count that each name was acknowledged with.</summary>
    public Dictionary<string, int> Acknowledged { get; } = [];

    /// <summary>The last count that was sent, acknowledged or not.</summary>
    public int Sent { get; private set; }

    /// <summary>The revisions of the acknowledged writes, in the order of the answers.</summary>
    public List<long> Revisions { get; } = [];

    /// <summary>The status of the write that was the first not to succeed.</summary>
    public int? Refused { get; private set; }

    /// <summary>Puts until something else than 2xx comes back, or the connection breaks.</summary>
    /// <param name="goOn">Asked after each 2xx.</param>
    public async Task RunAsync(HttpClient client, string server, string? comment, Func<bool> goOn)
    {
        try
        {
            while (await PutAsync(client, server, comment) && goOn())
            {
            }
        }
        catch (HttpRequestException)
        {
        }
    }

    /// <summary>The count that a stored address stands for.</summary>
    public static int Count(byte[] address) => (address[1] << 16) | (address[2] << 8) | address[3];

    private async Task<bool> PutAsync(HttpClient client, string server, string? comment)
    {
        int count = ++Sent;
        string name = $"n{count % Names}.w{number}.example.";
        string address = string.Create(CultureInfo.InvariantCulture, $"10.{count >> 16}.{(count >> 8) & 255}.{count & 255}");
        using var body = JsonContent.Create(new { records = new[] { address }, comment }, new MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage response = await client.PutAsync(new Uri($"{server}/api/v1/entries/{name}/A"), body);
        if (!response.IsSuccessStatusCode)
        {
            Refused = (int)response.StatusCode;
            return false;
        }

        Acknowledged[name] = count;
        Revisions.Add(long.Parse(response.Headers.ETag!.Tag.Trim('"'), CultureInfo.InvariantCulture));
        return true;
    }
}
