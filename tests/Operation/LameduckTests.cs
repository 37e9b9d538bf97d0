using System.Net;
using KubeDoH.Tests.Clients;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Operation;

/// <summary>Being told to stop.</summary>
public sealed class LameduckTests
{
    private const string Known = "/dns-query?name=secco.dns-playground.svc.cluster.local", Slow = "/dns-query?name=slow.upstream.example";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_that_is_told_to_stop_is_not_ready_and_answers_and_finishes_what_it_began()
    {
        await using FakeUpstream upstream = FakeUpstream.Start();
        upstream.Add("slow.upstream.example", 60, "A", "192.0.2.81");
        await using ServerProcess server = await ServerProcess.Start(
            $"Forward:Servers={upstream.Address}", "Forward:Timeout=60s", "Forward:Deadline=60s", "Listen:Lameduck=10m").ListeningAsync();
        using var client = new HttpClient();
        upstream.Always(FakeFault.Hold);
        Task<string> begun = client.GetStringAsync(server.Http + Slow, Ct);
        while ((await upstream.NextAsync(Ct)).Name.ToString() != "slow.upstream.example.") continue;

        await server.SignalAsync("TERM");
        while ((await client.GetAsync($"{server.Http}/ready", Ct)).StatusCode == HttpStatusCode.OK) await Task.Yield();

        using HttpResponseMessage ready = await client.GetAsync($"{server.Http}/ready", Ct);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "stopping\n"), (ready.StatusCode, await ready.Content.ReadAsStringAsync(Ct)));
        Assert.True(ready.Headers.ConnectionClose);
        Assert.Equal("OK\n", await client.GetStringAsync($"{server.Http}/health", Ct));
        Assert.Contains("10.101.195.184", await client.GetStringAsync(server.Http + Known, Ct), StringComparison.Ordinal);

        await server.SignalAsync("TERM");
        await RefusesAsync($"{server.Http}/health");
        Assert.False(begun.IsCompleted);
        upstream.Release();

        Assert.Contains("192.0.2.81", await begun, StringComparison.Ordinal);
        Assert.Equal(0, await server.StoppedAsync());
    }

    [Fact]
    public async Task Without_a_period_it_stops_at_once()
    {
        await using ServerProcess server = await ServerProcess.Start().ListeningAsync();

        await server.SignalAsync("TERM");

        Assert.Equal(0, await server.StoppedAsync());
        Assert.DoesNotContain("Told to stop", server.Output, StringComparison.Ordinal);
    }

    /// <summary>Waits until nobody listens there any more.</summary>
    private static async Task RefusesAsync(string url)
    {
        while (true)
        {
            using var fresh = new HttpClient();
            try
            {
                await fresh.GetStringAsync(url, Ct);
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }
}
