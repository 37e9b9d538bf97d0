using System.Collections.Concurrent;
using System.Text;
using KubeDoH.Tests.Api;
using KubeDoH.Tests.Clients;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace KubeDoH.Tests.Operation;

/// <summary>Traces and metrics reach an OpenTelemetry collector (OTLP over HTTP), and nobody is called where none is configured.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Collector_gets_spans_of_questions_and_the_metrics()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        var received = new ConcurrentDictionary<string, string>();
        WebApplicationBuilder builder = LoopbackApp.CreateBuilder();
        await using WebApplication collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, ct);
            received.AddOrUpdate(context.Request.Path, _ => Text(body), (_, before) => before + Text(body));
            context.Response.ContentType = "application/x-protobuf";
        });
        await collector.StartAsync(ct);

        await using ServerProcess server = await ServerProcess.Start(
            $"Telemetry:Endpoint={collector.Urls.Single()}", "Telemetry:Protocol=http", "Telemetry:TraceSample=1").ListeningAsync();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server.Http}/dns-query/ns/dns-playground?name=secco");
        await client.SendAsync(request, ct);
        Assert.Equal(0, await server.StopAsync());

        Assert.Equal(["/v1/metrics", "/v1/traces"], received.Keys.Order());
        Assert.All(["dns.query", "dns.question.name", "secco.", "NOERROR", "kubedoh.source", "cluster", "dns-playground"],
            word => Assert.Contains(word, received["/v1/traces"], StringComparison.Ordinal));
        Assert.All(["coredns_dns_requests_total", "coredns_dns_request_duration_seconds_bucket", "kubedoh_source_ready", "proto"],
            word => Assert.Contains(word, received["/v1/metrics"], StringComparison.Ordinal));
    }

    private static string Text(MemoryStream body) => Encoding.Latin1.GetString(body.ToArray());
}
