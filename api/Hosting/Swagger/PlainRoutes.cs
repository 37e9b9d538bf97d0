using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ApiExplorer;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>
/// Makes routes with <see cref="AnsweredMethods"/> known to Swashbuckle. The platform's own explorer passes them over: it wants a
/// method of C# and the methods of HTTP in a route's metadata, and with the latter, routing itself would refuse the others.
/// </summary>
internal sealed class PlainRoutes(EndpointDataSource endpoints) : IApiDescriptionProvider
{
    public int Order => 0;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        foreach (RouteEndpoint route in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            foreach (string method in route.Metadata.GetMetadata<AnsweredMethods>()?.Allow.Split(", ") ?? [])
                context.Results.Add(Describe(route, method));
        }
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
    }

    private static ApiDescription Describe(RouteEndpoint route, string method)
    {
        var description = new ApiDescription
        {
            HttpMethod = method,
            RelativePath = route.RoutePattern.RawText!.TrimStart('/'),
            ActionDescriptor = new ActionDescriptor { DisplayName = route.DisplayName, EndpointMetadata = [.. route.Metadata] },
        };
        foreach (var part in route.RoutePattern.Parameters)
        {
            description.ParameterDescriptions.Add(new ApiParameterDescription
            {
                Name = part.Name,
                Source = Microsoft.AspNetCore.Mvc.ModelBinding.BindingSource.Path,
                Type = typeof(string),
                IsRequired = true,
            });
        }

        return description;
    }
}
