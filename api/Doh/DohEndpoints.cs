using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using Microsoft.AspNetCore.Http.Features;

namespace KubeDoH.Api.Doh;

/// <summary>The paths that answer names: DNS over HTTPS (RFC 8484) and the JSON shape.</summary>
internal static class DohEndpoints
{
    private const string QueryPath = "/dns-query", ResolvePath = "/resolve";

    /// <summary>
    /// Answers <c>/dns-query</c> and <c>/resolve</c> ahead of the routing, which takes as long as finding the answer does. What is spelled
    /// otherwise (a slash behind it, other case) goes on to the route of <see cref="MapDoh"/>, which answers the same.
    /// </summary>
    public static void UseDohAheadOfRouting(this WebApplication app)
    {
        DohHandler handler = MakeHandler(app.Services);
        app.Use((context, next) =>
        {
            IHttpRequestFeature request = context.RequestFeature();
            return request.Path switch
            {
                QueryPath => handler.QueryAsync(context, request),
                ResolvePath => handler.ResolveAsync(context, request),
                _ => next(context),
            };
        });
    }

    /// <summary>
    /// Maps <c>/dns-query</c>, <c>/dns-query/ns/{namespace}</c>, <c>/dns-query/pod/{namespace}/{pod}</c> and <c>/resolve</c>, for every
    /// method: which are allowed is part of the answer. Plain delegates over pipes: typed handlers would cost a kilobyte a request.
    /// </summary>
    public static void MapDoh(this IEndpointRouteBuilder app)
    {
        DohHandler handler = MakeHandler(app.ServiceProvider);
        app.Map(QueryPath, handler.QueryAsync).WithMetadata(new AnsweredMethods(DohHandler.QueryMethods))
            .WithTags("DNS").WithName("dnsQuery").WithSummary("Answers a DNS message, or a name in words as JSON");
        app.Map("/dns-query/ns/{namespace}", handler.QueryInNamespaceAsync).WithMetadata(new AnsweredMethods(DohHandler.QueryMethods))
            .WithTags("DNS").WithName("dnsQueryNamespace").WithSummary("The same, seen from a namespace of the cluster");
        app.Map("/dns-query/pod/{namespace}/{pod}", handler.QueryFromPodAsync).WithMetadata(new AnsweredMethods(DohHandler.QueryMethods))
            .WithTags("DNS").WithName("dnsQueryPod").WithSummary("The same, seen from a pod of the cluster");
        app.Map(ResolvePath, handler.ResolveAsync).WithMetadata(new AnsweredMethods(DohHandler.ResolveMethods))
            .WithTags("DNS").WithName("resolve").WithSummary("Answers a name in words as JSON");
    }

    private static DohHandler MakeHandler(IServiceProvider services) => new(
        services.GetRequiredService<IResolver>(),
        services.GetRequiredService<IClientViews>(),
        services.GetRequiredService<ILogger<DohHandler>>(),
        services.GetService<QueryReport>());
}
