using KubeDoH.Api.Hosting.Swagger;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// What makes the document out of the routes that are mapped, by reflection: the page at <c>/swagger</c> shows it as it is now,
/// and the tests hold <c>openapi.yaml</c> to it.
/// </summary>
internal static partial class ApiDocument
{
    /// <summary>Where the document is that Swashbuckle has just made.</summary>
    public const string MadePath = "/swagger/v1/swagger.yaml";

    private const string Introduction = """
        KubeDoH resolves every name the way a pod in a Kubernetes cluster would. It puts together an operator's own entries, hosts
        files, the cluster's services and pods, search domains and upstream servers, and says of each answer which of them it came from.

        What the DNS says, NXDOMAIN and SERVFAIL included, is a reply of HTTP status 200. An HTTP error means that there was no
        question, or that a request on entries was not carried out; its body is a problem (RFC 9457), whose `type` is stable.
        """;

    static partial void AddSwagger(IServiceCollection services)
    {
        // Swashbuckle's own route has a regex constraint, which the core of routing comes without.
        services.AddRouting();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJsonContext.Default));
        services.AddEndpointsApiExplorer();
        services.TryAddEnumerable(ServiceDescriptor.Transient<IApiDescriptionProvider, PlainRoutes>());
        services.AddSwaggerGen(Describe);
    }

    static partial void MapSwagger(WebApplication app)
    {
        app.MapSwagger();
        app.UseSwaggerUI(page =>
        {
            page.DocumentTitle = "KubeDoH";
            page.SwaggerEndpoint(MadePath, "KubeDoH");
        });
    }

    private static void Describe(SwaggerGenOptions options)
    {
        options.SwaggerDoc("v1", new OpenApiInfo
        {
            Title = "KubeDoH",
            Version = "1",
            Description = Introduction,
            License = new OpenApiLicense { Name = "Apache-2.0", Url = new Uri("https://www.apache.org/licenses/LICENSE-2.0") },
        });
        options.AddServer(new OpenApiServer { Url = "/", Description = "The server that this document came from" });
        options.AddSecurityDefinition(OperationDraft.TokenScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A token that `kubedoh --new-token` made, or one of the cluster where Management:Kubernetes is on. Under `/api` "
                + "it needs the scope that the operation names (`admin` stands for all). Where no credential is configured, direct "
                + "callers of the machine itself need none; "
                + "names may be asked for without one unless Query:RequireToken is on.",
        });
        options.SupportNonNullableReferenceTypes();
        options.NonNullableReferenceTypesAsRequired();
        options.IncludeXmlComments(typeof(ApiDocument).Assembly);
        options.CustomOperationIds(OperationNames.For);
        options.OperationFilter<ApiOperations>();
        options.SchemaFilter<ProblemSchema>();
        options.DocumentFilter<TagTexts>();
    }
}
