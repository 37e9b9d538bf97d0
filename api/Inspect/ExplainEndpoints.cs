using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine;
using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Resolution;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Inspect;

using ExplainReply = Results<JsonHttpResult<ExplainDocument>, ContentHttpResult, JsonHttpResult<ApiProblem>>;

/// <summary>Why a name resolves as it does, or does not.</summary>
internal static class ExplainEndpoints
{
    public const string TextMediaType = "text/plain";

    public static void MapExplain(this IEndpointRouteBuilder group) => group.MapMethods("/explain", InspectEndpoints.Reading, Explain)
        .WithName("explain").WithSummary("Why a name resolves as it does, or does not: name, type, ns, pod, search, ndots");

    private static async Task<ExplainReply> Explain(HttpContext context, EngineServices engine, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = DohReply.NoStore;
        context.Response.Headers.Vary = "Accept";
        using Query query = Query.Rent();
        (ExplainRequest request, DohRefusal? refusal) =
            await ExplainRequest.ReadAsync(context.Request, engine.Views, query, ExplainRequest.Known, cancellationToken);
        string self = $"{context.Request.Scheme}://{context.Request.Host}";
        if (refusal is null)
        {
            Explanation explanation = await engine.Explainer.ExplainAsync(query, request.Absolute, request.Pod, cancellationToken);
            return Reply(context, ExplainDocument.Of(explanation, request, self));
        }

        return refusal.Type == "bad-parameter" && ExplainRequest.FindTooLong(context.Request) is { } tooLong
            ? Reply(context, ExplainDocument.OfNoQuestion(context.Request.Query["name"].ToString(), request, tooLong, self))
            : Refuse(context, refusal);
    }

    private static ExplainReply Reply(HttpContext context, ExplainDocument document) => ExplainRequest.WantsText(context.Request)
        ? TypedResults.Text(ExplainText.Write(document), TextMediaType, System.Text.Encoding.UTF8)
        : TypedResults.Json(document, ApiJsonContext.Default.ExplainDocument);

    /// <summary>The problem, with the time after which it may have passed.</summary>
    public static JsonHttpResult<ApiProblem> Refuse(HttpContext context, DohRefusal refusal)
    {
        if (refusal.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = $"{seconds}";
        return ApiProblems.Result(context, refusal.Status, refusal.Type, refusal.Title, refusal.Detail);
    }
}
