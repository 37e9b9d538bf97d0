using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>Lists the types that a problem can have.</summary>
internal sealed class ProblemSchema : ISchemaFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (context.Type != typeof(ApiProblem) || schema.Properties?["type"] is not OpenApiSchema type) return;
        type.Enum = [.. ProblemTypes.All.Select(p => p.Type).Distinct().Order(StringComparer.Ordinal).Select(t => (JsonNode)t)];
    }
}
