using System.Net;
using System.Text;
using System.Text.Json;

namespace KubeDoH.Bench.Load;

/// <summary>Whether an entry is answered as soon as its PUT is, and how long that PUT takes on this disk.</summary>
internal sealed record Visibility(int Puts, int Late, double MedianMilliseconds)
{
    public static async Task<Visibility> MeasureAsync(Server service, int puts)
    {
        using var client = new HttpClient { BaseAddress = new Uri(service.Http) };
        var times = new List<double>();
        int late = 0;
        for (int i = 0; i < puts; i++)
        {
            string address = new IPAddress([10, 9, (byte)(i >> 8), (byte)i]).ToString();
            using var content = new StringContent(
                $$"""{"ttl":60,"records":["{{address}}"]}""", Encoding.UTF8, "application/json");
            long before = System.Diagnostics.Stopwatch.GetTimestamp();
            using HttpResponseMessage put = await client.PutAsync(new Uri("/api/v1/entries/bench.example/A", UriKind.Relative), content);
            put.EnsureSuccessStatusCode();
            times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            using JsonDocument reply = JsonDocument.Parse(
                await client.GetStringAsync(new Uri("/dns-query?name=bench.example", UriKind.Relative)));
            if (reply.RootElement.GetProperty("Answer")[0].GetProperty("data").GetString() != address) late++;
        }

        return new Visibility(puts, late, Rounds.Median(times));
    }
}
