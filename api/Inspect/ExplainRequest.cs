using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;
using Microsoft.Net.Http.Headers;

namespace KubeDoH.Api.Inspect;

/// <summary>
/// A question to be explained: the parameters that <c>/dns-query</c> takes for a name in words, and the same verdict on them.
/// </summary>
/// <param name="Absolute">The name was written with its last dot.</param>
/// <param name="View">The view before that: with the search list that the last dot leaves out.</param>
/// <param name="Pod">Namespace and name of the pod whose view it is; null for none.</param>
internal sealed record ExplainRequest(bool Absolute, ClientView View, (string Namespace, string Name)? Pod)
{
    public static readonly string[] Known = ["name", "type", "ns", "pod", "search", "ndots", "cd", "do"];

    /// <summary>From where the view came: <c>pod</c>, <c>namespace</c>, <c>parameters</c> or <c>none</c>.</summary>
    public string Origin =>
        Pod is not null ? "pod" : View.Namespace is not null ? "namespace" : View.SearchList.Count > 0 ? "parameters" : "none";

    /// <summary>Reads the question into the query, and waits a moment for a pod that it is seen from; or why not.</summary>
    /// <param name="known">The parameters that there may be.</param>
    public static async Task<(ExplainRequest Request, DohRefusal? Refusal)> ReadAsync(
        HttpRequest request, IClientViews views, Query query, string[] known, CancellationToken cancellationToken)
    {
        DohRefusal? refusal = TryRead(request, views, query, known, out ExplainRequest read);
        if (refusal is not { AwaitsPods: true }) return (read, refusal);
        await views.AwaitPodsAsync(cancellationToken);
        refusal = TryRead(request, views, query, known, out read);
        return (read, refusal);
    }

    private static DohRefusal? TryRead(
        HttpRequest request, IClientViews views, Query query, string[] known, out ExplainRequest read)
    {
        read = new ExplainRequest(false, ClientView.Absolute, null);
        if (ListRequest.FindUnknown(request, known) is { } unknown)
            return new DohRefusal(StatusCodes.Status400BadRequest, "bad-parameter", "A parameter is not valid", unknown);
        if (DohParameters.TryRead(request.QueryString.Value, out DohParameters parameters) is { } twice) return twice;
        if (DohView.TrySelect(views, default, parameters, out ClientView view) is { } noView) return noView;
        if (!parameters.Has(DohParameter.Name)) return DohRefusal.NoQuestion("The parameter name= is missing.");
        DohRequest question = NamedQuestion.Read(request, parameters, query);
        read = new ExplainRequest(question.Absolute, view, PodOf(parameters));
        if (question.Refusal is { } refusal) return refusal;
        if (question.Types is not null) return DohRefusal.Parameter("type", "one question is explained at a time: one type");
        query.View = question.Absolute ? view with { SearchList = [] } : view;
        return null;
    }

    /// <summary>What is too long in the name that was asked; null when that is not why it cannot be.</summary>
    public static Finding? FindTooLong(HttpRequest request) => Explainer.FindTooLong(request.Query["name"].ToString());

    /// <summary>
    /// True for a client that would rather have text than JSON. One that takes anything gets JSON, as from every other path.
    /// </summary>
    public static bool WantsText(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out IList<MediaTypeHeaderValue>? accepted)) return false;
        return QualityOf(accepted, "text/plain") > QualityOf(accepted, "application/json");
    }

    private static double QualityOf(IList<MediaTypeHeaderValue> accepted, string type) => accepted
        .Where(range => new MediaTypeHeaderValue(type).IsSubsetOf(range))
        .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
        .Select(range => range.Quality ?? 1)
        .FirstOrDefault(0);

    private static (string, string)? PodOf(in DohParameters parameters) =>
        parameters.Has(DohParameter.Pod) && parameters[DohParameter.Pod].ToString().Split('/', 2) is [var space, var name]
            ? (space, name)
            : null;
}
