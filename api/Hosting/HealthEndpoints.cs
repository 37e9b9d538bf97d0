using System.Text;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine;
using KubeDoH.Engine.Resolution;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// What probes ask, without a credential: so they tell no more than the names of sources and their parts. Text as CoreDNS has it,
/// JSON for who asks for that.
/// </summary>
internal static class HealthEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("").WithTags("Health");
        group.MapMethods("/health", Reading, Health).WithName("getHealth").WithSummary("Whether the process answers");
        group.MapMethods("/ready", Reading, Ready).WithName("getReady").WithSummary("Whether every source was read");
    }

    private static ContentHttpResult Health(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Text("OK\n");
    }

    private static Results<ContentHttpResult, JsonHttpResult<Readiness>> Ready(
        HttpContext context, EngineServices engine, Lameduck lameduck, LiveConfiguration configuration)
    {
        Readiness readiness = Readiness.Of(engine.Sources(), lameduck.IsOn, configuration.Failure is null);
        int status = readiness.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Vary = HeaderNames.Accept;
        return WantsJson(context.Request)
            ? TypedResults.Json(readiness, ApiJsonContext.Default.Readiness, statusCode: status)
            : TypedResults.Text(readiness.ToText(), "text/plain", Encoding.UTF8, status);
    }

    /// <summary>True when JSON is named, and liked better than text.</summary>
    private static bool WantsJson(HttpRequest request)
    {
        IList<MediaTypeHeaderValue> accept = new RequestHeaders(request.Headers).Accept;
        double Quality(string type) => accept
            .Where(a => a.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
            .Select(a => a.Quality ?? 1)
            .DefaultIfEmpty(0)
            .Max();
        return Quality("application/json") > Quality("text/plain");
    }
}

/// <summary>Whether questions should be sent here.</summary>
/// <param name="Unready">The sources that were not read yet.</param>
/// <param name="Stopping">Told to stop: whatever still comes is answered. Absent otherwise.</param>
/// <param name="ConfigurationRefused">
/// The configuration was changed and is wrong; what was in force before is, and nobody need go elsewhere. Absent otherwise.
/// </param>
internal sealed record Readiness(bool Ready, IReadOnlyList<UnreadySource> Unready, bool? Stopping, bool? ConfigurationRefused)
{
    public static Readiness Of(IReadOnlyList<SourceStatus> sources, bool stopping = false, bool configured = true)
    {
        UnreadySource[] unready = [.. sources.Where(source => !source.Ready).Select(source => new UnreadySource(
            source.Source,
            [.. source.Parts.Where(part => part is { Ready: false, IsNeeded: true })
                .Select(part => new UnreadyPart(Path.GetFileName(part.Name), part.LastError?.Permission))]))];
        return new Readiness(unready.Length == 0 && !stopping, unready, stopping ? true : null, configured ? null : true);
    }

    /// <summary>OK, or a line for each source with its parts: <c>cluster: services (not allowed to list services), pods</c>.</summary>
    public string ToText() => string.Concat(
    [
        Ready ? "OK\n" : "",
        Stopping == true ? "stopping\n" : "",
        .. Unready.Select(source => $"{source.Source}: {string.Join(", ", source.Parts.Select(part => part.ToText()))}\n"),
        ConfigurationRefused == true ? "configuration: the last change was refused; what was in force before is (see the log)\n" : "",
    ]);
}

/// <summary>A source that was not read whole yet.</summary>
internal sealed record UnreadySource(string Source, IReadOnlyList<UnreadyPart> Parts);

/// <summary>A part that was not read yet.</summary>
/// <param name="Name">The kind of object; of a file its last name, as its folder is nobody's business.</param>
/// <param name="Permission">What is not allowed: verb and resource. Absent for other trouble.</param>
internal sealed record UnreadyPart(string Name, string? Permission)
{
    public string ToText() => Permission is null ? Name : $"{Name} (not allowed to {Permission})";
}
