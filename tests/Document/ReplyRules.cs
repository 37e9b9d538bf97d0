using System.Text.Json;
using System.Text.RegularExpressions;
using KubeDoH.Api.Hosting;
using YamlDotNet.RepresentationModel;

namespace KubeDoH.Tests.Document;

/// <summary>What the document says of replies: statuses, media types, problems and the form of JSON, by operation.</summary>
internal sealed class ReplyRules(YamlMappingNode document)
{
    private static readonly Lazy<ReplyRules> Read = new(
        () => new ReplyRules(DocumentRules.Parse(File.ReadAllText(Repository.PathOf("openapi.yaml")))));

    /// <summary>Paths as patterns; one without parameters goes before one that would take it for a parameter's value.</summary>
    private readonly (Regex Path, YamlNode Operations)[] _paths =
    [
        .. from path in ((YamlMappingNode)document["paths"]).Children
           let text = ((YamlScalarNode)path.Key).Value!
           orderby text.Count(c => c == '{')
           select (new Regex($"^{Regex.Replace(text, @"\{\w+\}", "[^/]+")}/?$", RegexOptions.IgnoreCase), path.Value),
    ];

    public static ReplyRules OfRepository => Read.Value;

    /// <summary>
    /// A line for each thing that the document does not have. What never comes to an operation is not its matter: a path of nobody's
    /// and a method that the path does not answer.
    /// </summary>
    /// <param name="body">Null where it is not JSON.</param>
    public IEnumerable<string> Differences(string method, string path, int status, string? mediaType, string? body)
    {
        YamlNode? operations = Array.Find(_paths, p => p.Path.IsMatch(path)).Operations;
        if (operations is null || DocumentRules.Find(operations, method.ToLowerInvariant()) is not { } operation) return [];
        if (DocumentRules.Find(operation, "responses", $"{status}") is not { } reply) return [$"{method} {path} says nothing of {status}"];
        if (method == "HEAD") return [];
        var content = DocumentRules.Find(reply, "content") as YamlMappingNode;
        if (content is null && mediaType is null) return [];
        if (content is null || mediaType is null || DocumentRules.Find(content, mediaType) is not { } media)
            return [$"{method} {path} {status} has no {mediaType ?? "empty body"}"];
        if (body is not { Length: > 0 }) return [];
        using JsonDocument json = JsonDocument.Parse(body);
        string place = $"{method} {path} {status}";
        return [.. Misfits(media["schema"], json.RootElement, $"{place} "), .. Unshown(mediaType, media, json.RootElement, place)];
    }

    /// <summary>A problem that is none of the examples.</summary>
    private static IEnumerable<string> Unshown(string mediaType, YamlNode media, JsonElement problem, string place)
    {
        if (mediaType != ApiProblems.MediaType) yield break;
        string type = problem.GetProperty("type").GetString()!["/problems/".Length..];
        if (DocumentRules.Find(media, "examples", type, "value") is not { } example) yield return $"{place} has no problem {type}";
        else if (DocumentRules.Find(example, "title") is YamlScalarNode title && title.Value != problem.GetProperty("title").GetString())
            yield return $"{place} {type} is entitled otherwise: {problem.GetProperty("title")}";
    }

    /// <summary>Where a value is not as its schema: types, members that must be there, members that may not, words of a list.</summary>
    private IEnumerable<string> Misfits(YamlNode schema, JsonElement value, string place)
    {
        if (Word(schema, "$ref") is { } reference)
            return Misfits(document["components"]["schemas"][reference.Split('/')[^1]], value, place);
        if (value.ValueKind == JsonValueKind.Null)
            return Word(schema, "nullable") == "true" || Word(schema, "type") is null ? [] : [$"{place} is null"];
        if (DocumentRules.Find(schema, "enum") is YamlSequenceNode words
            && !words.Any(word => ((YamlScalarNode)word).Value == value.ToString()))
            return [$"{place} may not be {value}"];
        return Word(schema, "type") switch
        {
            "object" when value.ValueKind == JsonValueKind.Object => MisfitMembers(schema, value, place),
            "array" when value.ValueKind == JsonValueKind.Array =>
                value.EnumerateArray().SelectMany((item, at) => Misfits(schema["items"], item, $"{place}/{at}")),
            "string" when value.ValueKind == JsonValueKind.String => [],
            "boolean" when value.ValueKind is JsonValueKind.True or JsonValueKind.False => [],
            "integer" when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _) => [],
            "number" when value.ValueKind == JsonValueKind.Number => [],
            null => [],
            var type => [$"{place} is no {type}: {value}"],
        };
    }

    private IEnumerable<string> MisfitMembers(YamlNode schema, JsonElement value, string place)
    {
        if (DocumentRules.Find(schema, "required") is YamlSequenceNode required)
        {
            foreach (string member in required.Select(member => ((YamlScalarNode)member).Value!))
                if (!value.TryGetProperty(member, out _)) yield return $"{place}/{member} is missing";
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            YamlNode? its = DocumentRules.Find(schema, "properties", member.Name) ?? DocumentRules.Find(schema, "additionalProperties");
            if (its is null or YamlScalarNode { Value: "false" }) yield return $"{place}/{member.Name} is not known";
            else if (its is YamlMappingNode)
                foreach (string misfit in Misfits(its, member.Value, $"{place}/{member.Name}")) yield return misfit;
        }
    }

    private static string? Word(YamlNode node, string key) => (DocumentRules.Find(node, key) as YamlScalarNode)?.Value;
}
