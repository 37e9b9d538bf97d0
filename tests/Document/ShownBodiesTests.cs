using System.Globalization;
using System.Text.Json.Nodes;
using KubeDoH.Tests.Api.Entries;
using KubeDoH.Tests.Architecture;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeDoH.Tests.Document;

/// <summary>Every body that <c>openapi.yaml</c> shows for a write of entries is taken as it stands.</summary>
public sealed class ShownBodiesTests
{
    private static readonly YamlMappingNode Document = DocumentRules.Parse(File.ReadAllText(Repository.PathOf("openapi.yaml")));

    public static TheoryData<string, string, string, string> Examples()
    {
        var data = new TheoryData<string, string, string, string>();
        foreach ((YamlNode path, YamlNode operations) in (YamlMappingNode)Document["paths"])
        {
            if (!$"{path}".StartsWith("/api/v1/entr", StringComparison.Ordinal)) continue;
            foreach ((YamlNode method, YamlNode operation) in (YamlMappingNode)operations)
            {
                if (DocumentRules.Find(operation, "requestBody", "content") is not YamlMappingNode content) continue;
                foreach ((YamlNode mediaType, YamlNode body) in content)
                    foreach ((YamlNode name, _) in (YamlMappingNode)body["examples"])
                        data.Add($"{method}", $"{path}", $"{mediaType}", $"{name}");
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Shown_body_is_taken(string method, string path, string mediaType, string example)
    {
        await using EntryHost host = await EntryHost.StartAsync();
        YamlNode operation = Document["paths"][path][method];
        string target = ShownPath(path, operation);
        if (method == "patch") Assert.Equal(201, (await host.SendAsync("PUT", target, """{"records":["192.0.2.1"]}""")).Status);

        YamlNode value = operation["requestBody"]["content"][mediaType]["examples"][example]["value"];
        string body = mediaType.EndsWith("json", StringComparison.Ordinal) ? Json(value)!.ToJsonString() : $"{value}";
        Reply reply = await host.SendAsync(method.ToUpperInvariant(), target, body, ("Content-Type", mediaType));

        Assert.True(reply.Status is 200 or 201, reply.Body);
    }

    /// <summary>With the examples of its parameters.</summary>
    private static string ShownPath(string path, YamlNode operation)
    {
        if (DocumentRules.Find(operation, "parameters") is not YamlSequenceNode parameters) return path;
        foreach (YamlNode parameter in parameters)
            if ($"{parameter["in"]}" == "path") path = path.Replace($"{{{parameter["name"]}}}", $"{parameter["example"]}");
        return path;
    }

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Select(pair => KeyValuePair.Create($"{pair.Key}", Json(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: { } plain } when IsJson(plain) => JsonNode.Parse(plain),
        _ => $"{node}",
    };

    private static bool IsJson(string plain) =>
        plain is "true" or "false" or "null" || double.TryParse(plain, CultureInfo.InvariantCulture, out _);
}
