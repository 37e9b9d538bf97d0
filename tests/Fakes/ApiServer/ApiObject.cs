using System.Text.Json.Nodes;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>An object in one of its versions.</summary>
/// <param name="Namespace">"" for kinds without.</param>
/// <param name="Json">In one line, without kind and apiVersion, as the items of a list have it.</param>
internal sealed record ApiObject(string Namespace, string Name, long Version, byte[] Json, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>What lists are ordered by.</summary>
    public string Key => KeyOf(Namespace, Name);

    public static string KeyOf(string ns, string name) => ns.Length == 0 ? name : $"{ns}/{name}";

    /// <summary>The object as this version of it; the tree given is changed.</summary>
    public static ApiObject Of(JsonObject tree, long version)
    {
        tree.Remove("kind");
        tree.Remove("apiVersion");
        if (tree["metadata"] is not JsonObject metadata) tree["metadata"] = metadata = [];
        metadata["resourceVersion"] = $"{version}";
        var labels = new Dictionary<string, string>();
        foreach ((string key, JsonNode? value) in metadata["labels"] as JsonObject ?? []) labels[key] = $"{value}";
        return new ApiObject($"{metadata["namespace"]}", $"{metadata["name"]}", version, JsonText.Bytes(tree), labels);
    }

    public JsonObject Tree() => (JsonObject)JsonNode.Parse(Json)!;
}

/// <summary>A line of the log.</summary>
/// <param name="Type">ADDED, MODIFIED or DELETED.</param>
/// <param name="Before">What it was before, null for ADDED: who selects by labels sees an object leave that no longer matches.</param>
internal sealed record ApiEvent(string Type, ApiObject Object, ApiObject? Before)
{
    public long Version => Object.Version;
}
