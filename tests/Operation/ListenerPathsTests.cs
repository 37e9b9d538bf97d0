using System.Net;
using System.Net.Sockets;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Operation;

/// <summary>Addresses that are for something of their own, on one server that has them all.</summary>
public sealed class ListenerPathsTests
{
    private static readonly string[] Paths =
        ["/health", "/ready", "/metrics", "/dns-query?name=localhost", "/resolve?name=localhost", "/api/v1/sources", "/openapi/v1.yaml"];

    [Fact]
    public async Task Each_address_answers_what_it_is_for()
    {
        int[] ports = FreePorts.Take(4);
        string Address(int at) => $"127.0.0.1:{ports[at]}";
        await using ServerProcess server = await ServerProcess.Start(
            $"Listen:Health={Address(0)}", $"Listen:Ready={Address(1)}", $"Listen:Metrics={Address(2)}",
            $"Listen:Management={Address(3)}").ListeningAsync();

        Assert.Equal(["/health"], await AnsweredAsync($"http://{Address(0)}"));
        Assert.Equal(["/ready"], await AnsweredAsync($"http://{Address(1)}"));
        Assert.Equal(["/metrics"], await AnsweredAsync($"http://{Address(2)}"));
        Assert.Equal(["/health", "/ready", "/api/v1/sources", "/openapi/v1.yaml"], await AnsweredAsync($"http://{Address(3)}"));
        Assert.Equal(["/health", "/ready", "/dns-query?name=localhost", "/resolve?name=localhost"], await AnsweredAsync(server.Http));
    }

    [Fact]
    public async Task Without_such_addresses_each_answers_everything()
    {
        await using ServerProcess server = await ServerProcess.Start().ListeningAsync();

        Assert.Equal(Paths, await AnsweredAsync(server.Http));
    }

    private static async Task<IEnumerable<string>> AnsweredAsync(string address)
    {
        using var client = new HttpClient();
        var answered = new List<string>();
        foreach (string path in Paths)
        {
            using HttpResponseMessage response = await client.GetAsync(address + path, TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{address}{path}: {response.StatusCode}");
            if (response.StatusCode == HttpStatusCode.OK) answered.Add(path);
        }

        return answered;
    }
}
