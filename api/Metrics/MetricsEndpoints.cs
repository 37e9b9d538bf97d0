using System.Buffers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Metrics;

/// <summary>What Prometheus reads, without a credential; <c>Listen:Metrics</c> gives it an address of its own.</summary>
internal static class MetricsEndpoints
{
    public const string Path = "/metrics";

    public static void MapMetrics(this IEndpointRouteBuilder app)
    {
        app.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Get)
            .WithTags("Health").WithName("getMetrics").WithSummary("Counts and measures, as Prometheus reads them");
    }

    private static FileContentHttpResult Get(HttpContext context, ProcessMetrics metrics)
    {
        context.Response.Headers.CacheControl = "no-store";
        var text = new ArrayBufferWriter<byte>(64 * 1024);
        MetricsText.Write(text, metrics.Read());
        return TypedResults.Bytes(text.WrittenMemory, MetricsText.MediaType);
    }
}
