using System.Net;
using System.Text.Json;

namespace KubeDoH.Tests.Clients;

/// <summary>
/// Two of the program that forward to each other: neither exits, and who finds out says what is wrong and breaks the circle.
/// </summary>
public sealed class ForwardingLoopTests
{
    private const string Line = "Forward: loop: ";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Loop_is_answered_servfail_and_said_in_one_line_while_all_else_goes_on()
    {
        int port = FreePorts.Take();
        await using ServerProcess other = await ServerProcess.Start($"Forward:Servers=127.0.0.1:{port}").ListeningAsync();
        await using ServerProcess first = await ServerProcess.Start(
            $"Forward:Servers=127.0.0.1:{other.DnsPort}", $"Listen:Dns=127.0.0.1:{port}").ListeningAsync();
        using var http = new HttpClient();
        Assert.Equal(2, (await AskAsync(http, first, "before.example")).GetProperty("Status").GetInt32());

        Task<string>[] said = [first.SaysAsync(Line), other.SaysAsync(Line)];
        await (await Task.WhenAny(said));
        ServerProcess finder = said[0].IsCompletedSuccessfully ? first : other;

        JsonElement reply = await AskAsync(http, finder, "www.example");
        Assert.Equal(2, reply.GetProperty("Status").GetInt32());
        Assert.Contains("forwarding loop", reply.GetProperty("Comment").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, (await AskAsync(http, finder == first ? other : first, "www.example")).GetProperty("Status").GetInt32());
        Assert.Single(finder.Output.Split('\n'), line => line.Contains(Line, StringComparison.Ordinal));
        Assert.Contains(
            "\"state\":\"looping\"", await http.GetStringAsync($"{finder.Http}/api/v1/upstreams", Cancelled), StringComparison.Ordinal);
        Assert.Equal(0, (await AskAsync(http, finder, "kubernetes.default.svc.cluster.local")).GetProperty("Status").GetInt32());
    }

    private static async Task<JsonElement> AskAsync(HttpClient http, ServerProcess server, string name)
    {
        using JsonDocument reply = JsonDocument.Parse(await http.GetStringAsync($"{server.Http}/resolve?name={name}", Cancelled));
        return reply.RootElement.Clone();
    }
}
