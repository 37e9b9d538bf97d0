using System.Globalization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>Names operations after their routes.</summary>
internal static class OperationNames
{
    /// <summary>
    /// The route's name; behind it, the method, unless it is the first that the route answers: <c>getEntry</c>, <c>getEntryHead</c>.
    /// </summary>
    public static string? For(ApiDescription description)
    {
        string? route = RouteOf(description);
        IList<object> metadata = description.ActionDescriptor.EndpointMetadata;
        string? first = metadata.OfType<AnsweredMethods>().FirstOrDefault()?.Allow.Split(',')[0]
            ?? metadata.OfType<IHttpMethodMetadata>().FirstOrDefault()?.HttpMethods[0];
        string method = description.HttpMethod ?? "";
        return method == first ? route : route + CultureInfo.InvariantCulture.TextInfo.ToTitleCase(method.ToLowerInvariant());
    }

    public static string? RouteOf(ApiDescription description) =>
        description.ActionDescriptor.EndpointMetadata.OfType<IEndpointNameMetadata>().LastOrDefault()?.EndpointName;
}
