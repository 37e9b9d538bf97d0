using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>What the groups of operations are about.</summary>
internal sealed class TagTexts : IDocumentFilter
{
    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context) => swaggerDoc.Tags = new HashSet<OpenApiTag>
    {
        new() { Name = "DNS", Description = "Names: DNS over HTTPS (RFC 8484), and the JSON shape of Google and Cloudflare" },
        new() { Name = "Entries", Description = "An operator's own names: one resource for each name and type" },
        new() { Name = "Views", Description = "The files and variables that the kubelet gives pods" },
        new()
        {
            Name = "Inspection",
            Description = "What an operator looks at: sources, their records, upstreams, the cache, the configuration",
        },
        new() { Name = "Health", Description = "What probes and Prometheus ask; none needs a credential" },
        new() { Name = "Document", Description = "This document" },
    };
}
