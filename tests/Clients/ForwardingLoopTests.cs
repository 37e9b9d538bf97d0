using System.Net;
using System.Text.Json;

namespace KubeDoH.Tests.Clients;

/// <summary>Two of the program that forward to each other: neither exits, and both say what is wrong.</summary>
public sealed class ForwardingLoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Loop_is_answered_servfail_and_said_in_one_line_while_all_else_goes_on()
    {
        int port = FreePorts.Take();
        await using ServerProcess other = await ServerProcess.Start($"Forward:Servers=127.0.0.1:{port}").ListeningAsync();
        await using ServerProcess first = await ServerProcess.Start(
            $"Forward:Servers=127.0.0.1:{other.DnsPort}", $"Listen:Dns=127.0.0.1:{port}").ListeningAsync();
        using var http = new HttpClient();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);

        JsonElement reply;
        do
        {
            reply = await AskAsync(http, first, $"n{Guid.NewGuid():N}.example", patience.Token);
            Assert.Equal(2, reply.GetProperty("Status").GetInt32());
        }
        while (!reply.GetProperty("Comment").GetString()!.Contains("forwarding loop", StringComparison.Ordinal));

        Assert.Single(first.Output.Split('\n'), line => line.Contains("Forward: loop: ", StringComparison.Ordinal));
        Assert.Contains("\"state\":\"looping\"", await http.GetStringAsync($"{first.Http}/api/v1/upstreams", patience.Token), StringComparison.Ordinal);
        Assert.Equal(0, (await AskAsync(http, first, "kubernetes.default.svc.cluster.local", patience.Token)).GetProperty("Status").GetInt32());
    }

    private static async Task<JsonElement> AskAsync(HttpClient http, ServerProcess server, string name, CancellationToken cancellationToken)
    {
        using JsonDocument reply = JsonDocument.Parse(await http.GetStringAsync($"{server.Http}/resolve?name={name}", cancellationToken));
        return reply.RootElement.Clone();
    }
}
