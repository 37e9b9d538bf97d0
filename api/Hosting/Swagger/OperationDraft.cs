using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDoH.Api.Hosting.Access;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>An operation on its way into the document: what it takes and what it answers, a line each.</summary>
internal sealed class OperationDraft(OpenApiOperation operation, OperationFilterContext context)
{
    public const string TokenScheme = "token";

    public static readonly OpenApiSchema Text = new() { Type = JsonSchemaType.String };
    public static readonly OpenApiSchema Flag = new() { Type = JsonSchemaType.Boolean };
    public static readonly OpenApiSchema Octets = new() { Type = JsonSchemaType.String, Format = "binary" };

    public string Method { get; } = context.ApiDescription.HttpMethod!;

    public static OpenApiSchema Number(int least, int most, int? otherwise = null) => new()
    {
        Type = JsonSchemaType.Integer,
        Format = "int32",
        Minimum = least.ToString(CultureInfo.InvariantCulture),
        Maximum = most.ToString(CultureInfo.InvariantCulture),
        Default = otherwise is { } value ? value : null,
    };

    /// <summary>The schema of a C# type, among the document's own.</summary>
    public IOpenApiSchema Schema<T>() => context.SchemaGenerator.GenerateSchema(typeof(T), context.SchemaRepository);

    /// <summary>Forgets the answers that were guessed.</summary>
    public OperationDraft Describe(string text)
    {
        operation.Description = text;
        operation.Responses = [];
        operation.Security = [];
        return this;
    }

    /// <summary>Only callers who may use <c>/api</c>: with a token that has the scope, or trusted without.</summary>
    public OperationDraft Protected()
    {
        operation.Description += $" Scope: `{ScopeText.Write(ScopeText.Of(context.ApiDescription.RelativePath!, Method))}`.";
        return TakesToken().Problems(ProblemTypes.Access);
    }

    /// <summary>Takes a bearer token, and may be refused for the want of one or for haste.</summary>
    public OperationDraft TakesToken()
    {
        operation.Security = [new() { [new OpenApiSecuritySchemeReference(TokenScheme, context.Document)] = [] }, []];
        return Answers(401, "Unauthorized", ("WWW-Authenticate", "How to come again (RFC 6750 3).", "Bearer realm=\"kubedoh\""))
            .Answers(429, "Too Many Requests", ("Retry-After", "Seconds.", "1"))
            .Answers(503, "Service Unavailable", ("Retry-After", "Seconds, where waiting helps.", "2"));
    }

    /// <summary>Says more about a parameter of the path.</summary>
    public OperationDraft Path(string name, string text, string example)
    {
        var parameter = (OpenApiParameter)operation.Parameters!.Single(p => p.Name == name);
        parameter.Description = text;
        parameter.Example = example;
        return this;
    }

    public OperationDraft Query(string name, OpenApiSchema schema, string text, JsonNode? example = null, bool required = false) =>
        Parameter(ParameterLocation.Query, name, schema, text, example, required);

    public OperationDraft Header(string name, string text, string example) =>
        Parameter(ParameterLocation.Header, name, Text, text, example);

    /// <summary>A body, or one more media type of it.</summary>
    /// <param name="text">Null where an earlier media type's words hold for this one too.</param>
    public OperationDraft Body(string mediaType, IOpenApiSchema schema, string? text, params (string Name, JsonNode Value)[] examples)
    {
        if (text is not null)
            operation.RequestBody =
                new OpenApiRequestBody { Description = text, Required = true, Content = new Dictionary<string, IOpenApiMediaType>() };
        operation.RequestBody!.Content![mediaType] = Media(schema, examples);
        return this;
    }

    /// <summary>An answer without a body, until <see cref="As"/> gives it one.</summary>
    public OperationDraft Answers(int status, string text, params (string Name, string Text, string Example)[] headers)
    {
        operation.Responses![Key(status)] = new OpenApiResponse
        {
            Description = text,
            Headers = headers.Length == 0 ? null : headers.ToDictionary(
                h => h.Name, IOpenApiHeader (h) => new OpenApiHeader { Description = h.Text, Schema = Text, Example = h.Example }),
        };
        return this;
    }

    /// <summary>A body of an answer; none in reply to HEAD.</summary>
    public OperationDraft As(int status, string mediaType, IOpenApiSchema schema, params (string Name, JsonNode Value)[] examples)
    {
        if (!HttpMethods.IsHead(Method)) ContentOf(status)[mediaType] = Media(schema, examples);
        return this;
    }

    public OperationDraft Problems(params IEnumerable<ProblemType> problems)
    {
        foreach (ProblemType problem in problems)
        {
            if (!operation.Responses!.ContainsKey(Key(problem.Status)))
                Answers(problem.Status, ReasonPhrases.GetReasonPhrase(problem.Status));
            if (HttpMethods.IsHead(Method)) continue;
            IDictionary<string, IOpenApiMediaType> content = ContentOf(problem.Status);
            if (!content.TryGetValue(ApiProblems.MediaType, out IOpenApiMediaType? media))
                content[ApiProblems.MediaType] = media = Media(Schema<ApiProblem>(), []);
            media.Examples![problem.Name] = new OpenApiExample { Value = ExampleOf(problem) };
        }

        return this;
    }

    /// <summary>Puts the answers into the order of their statuses.</summary>
    public void Sort()
    {
        if (operation.Responses is not { } answers) return;
        KeyValuePair<string, IOpenApiResponse>[] sorted = [.. answers.OrderBy(answer => answer.Key, StringComparer.Ordinal)];
        answers.Clear();
        foreach ((string status, IOpenApiResponse answer) in sorted) answers.Add(status, answer);
    }

    private static string Key(int status) => status.ToString(CultureInfo.InvariantCulture);

    private static JsonNode ExampleOf(ProblemType problem) => JsonSerializer.SerializeToNode(
        new ApiProblem(problem.Type, problem.Title,
            problem.Status, problem.Detail, "0HNGD4Q6S1V2B:00000001", problem.Errors is [] ? null : problem.Errors),
        ApiJsonContext.Default.ApiProblem)!;

    private static OpenApiMediaType Media(IOpenApiSchema schema, (string Name, JsonNode Value)[] examples) => new()
    {
        Schema = schema,
        Examples = examples.ToDictionary(e => e.Name, IOpenApiExample (e) => new OpenApiExample { Value = e.Value }),
    };

    private IDictionary<string, IOpenApiMediaType> ContentOf(int status)
    {
        var response = (OpenApiResponse)operation.Responses![Key(status)];
        return response.Content ??= new Dictionary<string, IOpenApiMediaType>();
    }

    private OperationDraft Parameter(
        ParameterLocation location, string name, OpenApiSchema schema, string text, JsonNode? example, bool required = false)
    {
        (operation.Parameters ??= []).Add(
            new OpenApiParameter
            {
                Name = name, In = location, Schema = schema, Description = text, Example = example, Required = required,
            });
        return this;
    }
}
