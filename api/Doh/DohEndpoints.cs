using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;

namespace KubeDoH.Api.Doh;

/// <summary>The paths that answer names: DNS over HTTPS (RFC 8484) and the JSON shape.</summary>
internal static class DohEndpoints
{
    /// <summary>Maps <c>/dns-query</c>, <c>/dns-query/ns/{namespace}</c> and <c>/resolve</c>, for every method: which are allowed is
    /// part of the answer. Plain delegates over pipes: typed handlers would cost a kilobyte a request.</summary>
    public static void MapDoh(this IEndpointRouteBuilder app)
    {
        IServiceProvider services = app.ServiceProvider;
        var handler = new DohHandler(
            services.GetRequiredService<IResolver>(),
            services.GetRequiredService<IClientViews>(),
            services.GetRequiredService<ILogger<DohHandler>>());
        app.Map("/dns-query", handler.QueryAsync).WithMetadata(new AnsweredMethods(DohHandler.QueryMethods))
            .WithTags("DNS").WithName("dnsQuery").WithSummary("Answers a DNS message, or a name in words as JSON");
        app.Map("/dns-query/ns/{namespace}", handler.QueryAsync).WithMetadata(new AnsweredMethods(DohHandler.QueryMethods))
            .WithTags("DNS").WithName("dnsQueryNamespace").WithSummary("The same, seen from a namespace of the cluster");
        app.Map("/resolve", handler.ResolveAsync).WithMetadata(new AnsweredMethods(DohHandler.ResolveMethods))
            .WithTags("DNS").WithName("resolve").WithSummary("Answers a name in words as JSON");
    }
}
