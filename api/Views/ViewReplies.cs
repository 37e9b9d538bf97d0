using System.Text;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Views;

/// <summary>A file of a namespace or pod to HTTP.</summary>
internal static class ViewReplies
{
    public static Results<ContentHttpResult, JsonHttpResult<ApiProblem>> Of(
        HttpContext context, ViewFile file, string @namespace, string? pod)
    {
        if (file.Missing is { } missing)
            return ApiProblems.Result(context, StatusCodes.Status404NotFound, "no-such-file", "There is no such file", missing);
        if (file.Verdict == ViewVerdict.Found) return TypedResults.Text(file.Text, "text/plain", Encoding.UTF8);
        var refusal = DohRefusal.OfView(file.Verdict, @namespace, pod);
        if (refusal.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = $"{seconds}";
        string near = file.Near.Count == 0 ? "" : $" There {(file.Near.Count == 1 ? "is" : "are")} {string.Join(", ", file.Near)}.";
        return ApiProblems.Result(context, refusal.Status, refusal.Type, refusal.Title, refusal.Detail + near);
    }
}
