using System.Net;
using System.Text;
using System.Text.Json;
using KubeDoH.Tests.Abuse;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Entries;

/// <summary>
/// The next question after the reply to a write is answered by what was written; always, in every way to write and to ask.
/// </summary>
public sealed class ReadYourWriteTests
{
    private const int Writers = 8;

    private static readonly int Each = (LongForm.IsOn ? 10_000 : 600) / Writers;

    private static readonly Func<Client, int, Task>[] Turns = [PutAsync, DeleteAsync, WildcardAsync, PointerAsync, ChainAsync, ScopedAsync];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Question_after_a_write_is_answered_by_it(int httpVersion)
    {
        await using ServerProcess server = await ServerProcess.Start("Forward:Servers=").ListeningAsync();
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = new Trust(server).IsTrusted } };
        using var http = new HttpClient(handler)
        {
            BaseAddress = new Uri(server.Https),
            DefaultRequestVersion = new Version(httpVersion, httpVersion == 1 ? 1 : 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromMinutes(3),
        };

        int[] asked = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var client = new Client(http, $"w{writer}.read.example", writer);
            for (int i = 0; i < Each; i++) await Turns[i % Turns.Length](client, i);
            return client.Asked;
        }));

        Assert.True(asked.Sum() >= Writers * Each, $"only {asked.Sum()} questions");
    }

    private static async Task PutAsync(Client client, int turn)
    {
        await client.PutAsync($"p.{client.Zone}", "A", Address(client, turn));
        await client.ExpectAsync($"p.{client.Zone}", "A", Address(client, turn));
    }

    private static async Task DeleteAsync(Client client, int turn)
    {
        await client.PutAsync($"d.{client.Zone}", "A", Address(client, turn));
        await client.DeleteAsync($"d.{client.Zone}", "A");
        await client.ExpectAsync($"d.{client.Zone}", "A", null);
    }

    private static async Task WildcardAsync(Client client, int turn)
    {
        await client.PutAsync($"*.wild.{client.Zone}", "A", Address(client, turn));
        await client.ExpectAsync($"any{turn}.wild.{client.Zone}", "A", Address(client, turn));
    }

    private static async Task PointerAsync(Client client, int turn)
    {
        byte[] octets = IPAddress.Parse(Address(client, turn)).GetAddressBytes();
        string reverse = $"{octets[3]}.{octets[2]}.{octets[1]}.{octets[0]}.in-addr.arpa";
        await client.PutAsync($"r{turn}.{client.Zone}", "A", Address(client, turn));
        await client.ExpectAsync(reverse, "PTR", $"r{turn}.{client.Zone}.");
        await client.DeleteAsync($"r{turn}.{client.Zone}", "A");
        await client.ExpectAsync(reverse, "PTR", null);
    }

    /// <summary>The end of a chain of aliases changes, and then its middle.</summary>
    private static async Task ChainAsync(Client client, int turn)
    {
        await client.PutAsync($"end{turn % 2}.{client.Zone}", "A", Address(client, turn));
        await client.PutAsync($"first.{client.Zone}", "CNAME", $"middle.{client.Zone}.");
        await client.PutAsync($"middle.{client.Zone}", "CNAME", $"end{turn % 2}.{client.Zone}.");
        await client.ExpectAsync($"first.{client.Zone}", "A", Address(client, turn));
    }

    private static async Task ScopedAsync(Client client, int turn)
    {
        string address = Address(client, turn), other = Address(client, turn + 1);
        await client.PutAsync($"s.{client.Zone}", "A", address, "\"namespaces\":[\"dns-playground\"],");
        await client.ExpectAsync($"s.{client.Zone}", "A", address, "/ns/dns-playground");
        await client.ExpectAsync($"s.{client.Zone}", "A", null);
        await client.PutAsync($"s.{client.Zone}", "A", other);
        await client.ExpectAsync($"s.{client.Zone}", "A", other, "/ns/dns-playground");
    }

    private static string Address(Client client, int turn) => $"10.{client.Number + 1}.{turn / 250}.{(turn % 250) + 1}";

    /// <summary>One who writes and asks, one request after the other.</summary>
    private sealed class Client(HttpClient http, string zone, int number)
    {
        public string Zone => zone;

        public int Number => number;

        public int Asked { get; private set; }

        public async Task PutAsync(string name, string type, string record, string members = "")
        {
            using var body = new StringContent($$"""{{{members}}"records":["{{record}}"]}""", Encoding.UTF8, "application/json");
            using HttpResponseMessage reply = await http.PutAsync($"/api/v1/entries/{name}/{type}", body);
            Assert.True(reply.IsSuccessStatusCode, $"PUT {name} {type}: {reply.StatusCode}");
        }

        public async Task DeleteAsync(string name, string type)
        {
            using HttpResponseMessage reply = await http.DeleteAsync($"/api/v1/entries/{name}/{type}");
            Assert.Equal(HttpStatusCode.NoContent, reply.StatusCode);
        }

        /// <param name="data">Of the last record; null for no record.</param>
        public async Task ExpectAsync(string name, string type, string? data, string view = "")
        {
            Asked++;
            using JsonDocument reply = JsonDocument.Parse(await http.GetStringAsync($"/dns-query{view}?name={name}.&type={type}"));
            string? last = reply.RootElement.TryGetProperty("Answer", out JsonElement records)
                ? records.EnumerateArray().Last().GetProperty("data").GetString()
                : null;
            Assert.True(data == last, $"{name} {type}{view}: {last} where {data} was written");
        }
    }
}
