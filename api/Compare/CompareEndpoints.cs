using System.Text;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Inspect;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Compare;

using OneReply = Results<JsonHttpResult<CompareDocument>, ContentHttpResult, JsonHttpResult<ApiProblem>>;
using ReportReply = Results<JsonHttpResult<CompareReport>, ContentHttpResult, JsonHttpResult<ApiProblem>>;

/// <summary>Whether another server answers as this one does.</summary>
internal static class CompareEndpoints
{
    public const string Path = InspectEndpoints.Path + "/compare";

    private static readonly string[] Known = ["name", "type", "ns", "pod", "search", "ndots", "server"];

    public static void MapCompare(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup(Path).WithTags("Inspection");
        group.MapMethods("", InspectEndpoints.Reading, CompareOneAsync)
            .WithName("compare")
            .WithSummary("Whether another server answers a question as this one does: name, type, ns, pod, search, ndots, server");
        group.MapPost("", CompareListAsync).WithName("compareList").WithSummary("The same of a list of questions: a report");
    }

    public static IServiceCollection AddCompare(this IServiceCollection services, CompareLimits? limits = null) => services
        .AddSingleton(provider => new Comparer(
            provider.GetRequiredService<IResolver>(), provider.GetRequiredService<TimeProvider>(), limits ?? CompareLimits.Usual))
        .AddSingleton<CompareServers>();

    private static async Task<OneReply> CompareOneAsync(
        HttpContext context, CompareServers servers, Comparer comparer, IClientViews views, CancellationToken cancellationToken)
    {
        PrepareHeaders(context);
        using Query query = Query.Rent();
        string? named = context.Request.Query.TryGetValue("server", out var given) ? given.ToString() : null;
        (OtherServer? server, string name, JsonHttpResult<ApiProblem>? problem) = servers.Find(context, named);
        if (server is null) return problem!;
        (ExplainRequest request, DohRefusal? refusal) = await ExplainRequest.ReadAsync(
            context.Request, views, query, Known, cancellationToken);
        if (refusal is not null) return ExplainEndpoints.Refuse(context, refusal);
        using CancellationTokenSource deadline = comparer.StartDeadline(cancellationToken);
        CompareDocument document = await comparer.CompareAsync(
            server, CompareQuestion.Of(query, request), deadline.Token) with { Server = name };
        return ExplainRequest.WantsText(context.Request)
            ? Text(CompareText.Write(document))
            : TypedResults.Json(document, ApiJsonContext.Default.CompareDocument);
    }

    private static async Task<ReportReply> CompareListAsync(
        HttpContext context, CompareServers servers, Comparer comparer, IClientViews views, CancellationToken cancellationToken)
    {
        PrepareHeaders(context);
        if (servers.Find(context, null) is { Server: null, Problem.StatusCode: StatusCodes.Status404NotFound } off) return off.Problem;
        (CompareBody? body, IReadOnlyList<CompareItem> items, JsonHttpResult<ApiProblem>? problem) =
            await CompareBodyReader.ReadAsync(context);
        if (body is null) return problem!;
        (OtherServer? server, string name, problem) = servers.Find(context, body.Server);
        if (server is null) return problem!;
        using CancellationTokenSource deadline = comparer.StartDeadline(cancellationToken);
        var questions = new List<CompareQuestion>();
        foreach (CompareItem item in items) questions.Add(await CompareQuestion.OfAsync(item, views, cancellationToken));
        CompareReport report = Count(name, await comparer.CompareAllAsync(server, questions, deadline.Token));
        return ExplainRequest.WantsText(context.Request)
            ? Text(CompareText.Write(report))
            : TypedResults.Json(report, ApiJsonContext.Default.CompareReport);
    }

    private static CompareReport Count(string server, CompareDocument[] all)
    {
        int Of(string verdict) => all.Count(one => one.Verdict == verdict);
        return new CompareReport(
            server, all.Length, Of(CompareDocument.Same), Of(CompareDocument.Different), Of(CompareDocument.Failed),
            all.Count(one => one is { Verdict: CompareDocument.Same, Hints.Count: > 0 }),
            [.. all.Where(one => one.Verdict != CompareDocument.Same)]);
    }

    private static void PrepareHeaders(HttpContext context)
    {
        context.Response.Headers.CacheControl = DohReply.NoStore;
        context.Response.Headers.Vary = "Accept";
    }

    private static ContentHttpResult Text(string page) => TypedResults.Text(page, ExplainEndpoints.TextMediaType, Encoding.UTF8);
}
