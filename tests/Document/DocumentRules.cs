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

    private static YamlNode? Find(YamlNode node, params IEnumerable<string> keys)
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
