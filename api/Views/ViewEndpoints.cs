using KubeDoH.Api.Hosting;
using KubeDoH.Api.Inspect;
using KubeDoH.Engine;
using KubeDoH.Engine.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Views;

using FileReply = Results<ContentHttpResult, JsonHttpResult<ApiProblem>>;

/// <summary>The files and variables that the kubelet gives the pods of a namespace, and one pod, as it makes them.</summary>
internal static class ViewEndpoints
{
    private const string Export = "export";

    public static void MapViews(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup(InspectEndpoints.Path).WithTags("Views");
        group.MapMethods("/namespaces/{namespace}/resolv.conf", InspectEndpoints.Reading, NamespaceResolvConf)
            .WithName("getNamespaceResolvConf").WithSummary("The resolv.conf of a namespace's pods");
        group.MapMethods("/namespaces/{namespace}/env", InspectEndpoints.Reading, NamespaceVariables)
            .WithName("getNamespaceVariables").WithSummary("The service variables of a namespace's pods: format");
        group.MapMethods("/pods/{namespace}/{pod}/resolv.conf", InspectEndpoints.Reading, PodResolvConfAsync)
            .WithName("getPodResolvConf").WithSummary("The resolv.conf of a pod");
        group.MapMethods("/pods/{namespace}/{pod}/hosts", InspectEndpoints.Reading, PodHostsAsync)
            .WithName("getPodHosts").WithSummary("The hosts file of a pod");
        group.MapMethods("/pods/{namespace}/{pod}/env", InspectEndpoints.Reading, PodVariablesAsync)
            .WithName("getPodVariables").WithSummary("The service variables of a pod: container, format");
    }

    private static FileReply NamespaceResolvConf(HttpContext context, string @namespace, EngineServices engine) =>
        ListRequest.FindUnknown(context.Request) is { } unknown
            ? ApiProblems.BadRequest(context, "bad-parameter", unknown)
            : ViewReplies.Of(context, engine.ViewFiles.ResolvConf(@namespace), @namespace, null);

    private static FileReply NamespaceVariables(HttpContext context, string @namespace, EngineServices engine)
    {
        bool export = false;
        if ((ListRequest.FindUnknown(context.Request, "format") ?? TryReadFormat(context.Request, out export)) is { } error)
            return ApiProblems.BadRequest(context, "bad-parameter", error);
        return ViewReplies.Of(context, engine.ViewFiles.Variables(@namespace, export), @namespace, null);
    }

    private static Task<FileReply> PodResolvConfAsync(HttpContext context, string @namespace, string pod, EngineServices engine) =>
        OfPodAsync(
            context, @namespace, pod, engine, ListRequest.FindUnknown(context.Request), () => engine.ViewFiles.ResolvConf(@namespace, pod));

    private static Task<FileReply> PodHostsAsync(HttpContext context, string @namespace, string pod, EngineServices engine) =>
        OfPodAsync(
            context, @namespace, pod, engine, ListRequest.FindUnknown(context.Request), () => engine.ViewFiles.Hosts(@namespace, pod));

    private static Task<FileReply> PodVariablesAsync(HttpContext context, string @namespace, string pod, EngineServices engine)
    {
        string? container = context.Request.Query["container"].ToString() is { Length: > 0 } name ? name : null;
        bool export = false;
        string? error = ListRequest.FindUnknown(context.Request, "container", "format") ?? TryReadFormat(context.Request, out export);
        return OfPodAsync(context, @namespace, pod, engine, error, () => engine.ViewFiles.Variables(@namespace, pod, container, export));
    }

    /// <summary>Whose pod is the first to be asked for waits for the pods to be read.</summary>
    private static async Task<FileReply> OfPodAsync(
        HttpContext context, string @namespace, string pod, EngineServices engine, string? error, Func<ViewFile> read)
    {
        if (error is not null) return ApiProblems.BadRequest(context, "bad-parameter", error);
        ViewFile file = read();
        if (file.Verdict == ViewVerdict.PodsComing)
        {
            await engine.ViewFiles.AwaitPodsAsync(context.RequestAborted);
            file = read();
        }

        return ViewReplies.Of(context, file, @namespace, pod);
    }

    private static string? TryReadFormat(HttpRequest request, out bool export)
    {
        export = false;
        if (request.Query["format"].ToString() is not { Length: > 0 } format) return null;
        export = format == Export;
        return export ? null : $"format: there is {Export} only, for a shell.";
    }
}
