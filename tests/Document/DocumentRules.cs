using System.Text.RegularExpressions;
using KubeDoH.Api.Hosting;
using KubeDoH.Tests.Architecture;
using Microsoft.AspNetCore.Routing;
using YamlDotNet.RepresentationModel;

namespace KubeDoH.Tests.Document;

/// <summary>What the document must have: every route with every method, and every type of problem that the code makes.</summary>
internal static partial class DocumentRules
{
    public static YamlMappingNode Parse(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    /// <summary>A line for each method of a route that the document does not have, and for each route that names no method.</summary>
    public static IEnumerable<string> MissingOperations(IEnumerable<RouteEndpoint> routes, YamlMappingNode document)
    {
        foreach (RouteEndpoint route in routes)
        {
            string path = "/" + route.RoutePattern.RawText!.Trim('/');
            IReadOnlyList<string> methods = route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods
                ?? route.Metadata.GetMetadata<AnsweredMethods>()?.Allow.Split(", ")
                ?? [];
            if (methods.Count == 0) yield return $"{path} says nowhere which methods it answers";
            foreach (string method in methods)
            {
                if (Find(document, "paths", path, method.ToLowerInvariant()) is null) yield return $"{method} {path}";
            }
        }
    }

    /// <summary>Types of problems that are entitled in more than one way (RFC 9457 3.1.3: a title stays the same).</summary>
    public static IEnumerable<string> TitlesThatDiffer(YamlMappingNode document) =>
        from example in ExamplesOf(document, ApiProblems.MediaType)
        group $"{Find(example, "title")}" by $"{Find(example, "type")}" into all
        let titles = all.Distinct().ToArray()
        where titles.Length > 1
        select $"{all.Key}: {string.Join(", ", titles)}";

    /// <summary>
    /// A line for each operation without a status that it gives wherever it stands: to who may not ask or asks too fast, and, where it
    /// takes a body, to one that is malformed, slow, large or of another type.
    /// </summary>
    public static IEnumerable<string> MissingStatuses(YamlMappingNode document) =>
        from path in ((YamlMappingNode)document["paths"]).Children
        from operation in ((YamlMappingNode)path.Value).Children
        from status in ((string[])[
            .. IsGuarded($"{path.Key}") ? (string[])["401", "403", "429", "503"] : [],
            .. Find(operation.Value, "requestBody") is null ? (string[])[] : ["400", "408", "413", "415"]])
        where Find(operation.Value, "responses", status) is null
        select $"{operation.Key} {path.Key} {status}";

    private static bool IsGuarded(string path) =>
        path.StartsWith("/api/", StringComparison.Ordinal) || path.StartsWith("/dns-query", StringComparison.Ordinal) || path == "/resolve";

    /// <summary>A line for each operation with a body in a request that has none: a GET, HEAD, DELETE or OPTIONS (RFC 9110 9.3).</summary>
    public static IEnumerable<string> BodiesOutOfPlace(YamlMappingNode document) =>
        from path in ((YamlMappingNode)document["paths"]).Children
        from operation in ((YamlMappingNode)path.Value).Children
        let method = ((YamlScalarNode)operation.Key).Value!
        where method is "get" or "head" or "delete" or "options" && Find(operation.Value, "requestBody") is not null
        select $"{method.ToUpperInvariant()} {path.Key}";

    public static IEnumerable<string> ShownProblems(YamlMappingNode document) =>
        ((YamlSequenceNode)Find(document, "components", "schemas", "ApiProblem", "properties", "type", "enum")!)
        .Select(type => ((YamlScalarNode)type).Value!["/problems/".Length..]);

    /// <summary>The types of problems in C# text: a word behind a status, or what a bad request is called.</summary>
    public static IEnumerable<string> MadeProblems(SourceFile file) =>
        ProblemWord().Matches(file.Text).Select(match => match.Groups[1].Value);

    /// <summary>Calls that make a problem and name its type in a way that <see cref="MadeProblems"/> does not read.</summary>
    public static IEnumerable<string> UnreadProblems(SourceFile file) => ProblemCall().Matches(file.Text)
        .Where(call => !ProblemWord().IsMatch(call.Value) && !PassedOn().IsMatch(call.Value))
        .Select(call => $"{file.Path}: {call.Value}");

    private static IEnumerable<YamlNode> ExamplesOf(YamlMappingNode document, string mediaType) =>
        from path in ((YamlMappingNode)document["paths"]).Children
        from operation in ((YamlMappingNode)path.Value).Children
        from reply in ((YamlMappingNode)operation.Value["responses"]).Children
        where Find(reply.Value, "content", mediaType, "examples") is not null
        from example in ((YamlMappingNode)reply.Value["content"][mediaType]["examples"]).Children
        select example.Value["value"];

    /// <summary>What stands below, or null.</summary>
    public static YamlNode? Find(YamlNode node, params IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            if (node is not YamlMappingNode map || !map.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? child)) return null;
            node = child;
        }

        return node;
    }

    [GeneratedRegex(
        """(?:\b(?:Result|WriteAsync)\(\s*context,\s*[\w.]+|\bnew(?:\sDohRefusal)?\((?:StatusCodes\.\w+|\w+\.StatusCode)|\bBadRequest\(context),\s*"([a-z-]+)(?=")""")]
    private static partial Regex ProblemWord();

    [GeneratedRegex("""(?:ApiProblems\.(?:Result|WriteAsync)|BadRequest|new DohRefusal)\([^;]*?,[^;]*?,[^;]*?[,)]""")]
    private static partial Regex ProblemCall();

    [GeneratedRegex(@"\btype\b|\bType\b|first\.Code")]
    private static partial Regex PassedOn();
}
