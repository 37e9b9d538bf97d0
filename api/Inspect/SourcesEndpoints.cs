using KubeDoH.Api.Hosting;
using KubeDoH.Engine;
using KubeDoH.Engine.Resolution;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Inspect;

/// <summary>The sources of names, in the order in which they are asked, and how each stands.</summary>
internal static class SourcesEndpoints
{
    public static void MapSources(this IEndpointRouteBuilder group) => group.MapMethods("/sources", InspectEndpoints.Reading, List)
        .WithName("listSources").WithSummary("How each source stands, in order");

    private static Results<JsonHttpResult<SourceList>, JsonHttpResult<ApiProblem>> List(
        HttpContext context, EngineServices engine, TimeProvider time)
    {
        if (ListRequest.FindUnknown(context.Request) is { } unknown) return ApiProblems.BadRequest(context, "bad-parameter", unknown);
        DateTimeOffset now = time.GetUtcNow();
        return TypedResults.Json(
            new SourceList([.. engine.Sources().Select(source => SourceDocument.Of(source, now))]), ApiJsonContext.Default.SourceList);
    }
}

/// <summary>The sources, first to last.</summary>
internal sealed record SourceList(IReadOnlyList<SourceDocument> Sources);

/// <summary>How a source stands.</summary>
/// <param name="Name">Its name in the order.</param>
/// <param name="Ready">True once every part was read: only then does it say that a name does not exist.</param>
/// <param name="Description">What it is and where its data comes from, in a line.</param>
/// <param name="Parts">What it is fed from, each by itself; none for what needs no feeding.</param>
internal sealed record SourceDocument(string Name, bool Ready, string Description, IReadOnlyList<SourcePartDocument> Parts)
{
    public static SourceDocument Of(SourceStatus source, DateTimeOffset now) =>
        new(source.Source, source.Ready, source.Description, [.. source.Parts.Select(part => SourcePartDocument.Of(part, now))]);
}

/// <summary>A file, a kind of object of the cluster, or a store.</summary>
/// <param name="Name">The file's path, the kind in plural, or what else it is.</param>
/// <param name="Ready">False until it was read for the first time.</param>
/// <param name="Count">The objects, lines or entries in force.</param>
/// <param name="Skipped">Those that make no sense and were left out.</param>
/// <param name="Problems">The first hundred of what was left out, and why.</param>
/// <param name="UpdatedAt">When the data last changed.</param>
/// <param name="HeardAt">When the other side of a watch last said anything.</param>
/// <param name="WatchAge">Seconds since then.</param>
/// <param name="LastError">What goes wrong now; absent when all is well.</param>
internal sealed record SourcePartDocument(
    string Name,
    bool Ready,
    long Count,
    long Skipped,
    IReadOnlyList<string> Problems,
    DateTimeOffset? UpdatedAt,
    DateTimeOffset? HeardAt,
    double? WatchAge,
    ErrorDocument? LastError)
{
    public static SourcePartDocument Of(SourcePart part, DateTimeOffset now) => new(
        part.Name, part.Ready, part.Count, part.Skipped, part.Problems, part.UpdatedAt, part.HeardAt,
        part.HeardAt is { } heard ? Math.Round(Math.Max(0, (now - heard).TotalSeconds), 3) : null, ErrorDocument.Of(part.LastError));
}

/// <summary>What went wrong, and when.</summary>
/// <param name="Permission">The permission that is missing, as RBAC has it: verb and resource. Absent for other trouble.</param>
internal sealed record ErrorDocument(DateTimeOffset At, string Text, string? Permission)
{
    public static ErrorDocument? Of(SourceError? error) => error is null ? null : new ErrorDocument(error.At, error.Text, error.Permission);
}
