using System.Globalization;
using System.Text.Json.Nodes;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Infra;

/// <summary>One object of a YAML stream.</summary>
internal sealed class Manifest(KubeNode root)
{
    public string ApiVersion => root["apiVersion"]!.Text;

    public string Kind => root["kind"]!.Text;

    public string Name => root["metadata"]!["name"]!.Text;

    /// <summary>"" for what is the whole cluster's.</summary>
    public string Namespace => root["metadata"]!["namespace"]?.Text ?? "";

    public override string ToString() => $"{Kind} {Name}";

    public static IReadOnlyList<Manifest> ReadAll(string yaml) => [.. Documents(yaml).Select(node => new Manifest(node))];

    /// <summary>YAML that is no object of a cluster.</summary>
    public static KubeNode Read(string yaml) => Documents(yaml).Single();

    /// <summary>The node at a path of keys; null where there is none.</summary>
    public KubeNode? At(params ReadOnlySpan<string> keys)
    {
        KubeNode? node = root;
        foreach (string key in keys) node = node?[key];
        return node;
    }

    /// <summary>The same, which must be there.</summary>
    public KubeNode Get(params ReadOnlySpan<string> keys) =>
        At(keys) ?? throw new KeyNotFoundException($"{this} has no {string.Join('.', keys)}");

    public JsonNode ToJson() => ToJson(root)!;

    public static JsonNode? ToJson(KubeNode node) => node.Kind switch
    {
        KubeNodeKind.Map => new JsonObject(node.Members.Select(member => KeyValuePair.Create(member.Key, ToJson(member.Value)))),
        KubeNodeKind.List => new JsonArray([.. node.Items.Select(ToJson)]),
        KubeNodeKind.Flag => node.Text == "true",
        KubeNodeKind.Number => JsonNode.Parse(
            decimal.Parse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)),
        KubeNodeKind.Null => null,
        _ => node.Text,
    };

    /// <summary>The members of a map of words, as labels are.</summary>
    public static IReadOnlyDictionary<string, string> Words(KubeNode? map) =>
        (map?.Members ?? []).ToDictionary(member => member.Key, member => member.Value.Text);

    private static List<KubeNode> Documents(string yaml)
    {
        var documents = new List<KubeNode>();
        Assert.Null(YamlNodes.Read(new StringReader(yaml), documents.Add));
        return documents;
    }
}
