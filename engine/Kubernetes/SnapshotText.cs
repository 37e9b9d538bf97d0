using System.Text;
using System.Text.Unicode;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>What one text gave: its objects in order, those left out, and what made the whole of it unusable, if anything did.</summary>
internal sealed record SnapshotContent(IReadOnlyList<KubernetesObject> Objects, IReadOnlyList<SnapshotProblem> Problems, TextDefect? Error);

/// <summary>
/// The text of a snapshot file to objects. It may be what <c>kubectl get -o yaml</c> or <c>-o json</c> prints (kind List), the API
/// server's own lists (ServiceList and so on, whose items have no kind), or manifests: YAML of several documents, JSON values one
/// after the other. Objects of other kinds are passed over. An object with an error is left out by itself; an error of syntax,
/// a limit, or a list that is not whole makes the whole text unusable, because what it lost is unknown.
/// </summary>
internal sealed class SnapshotText
{
    private readonly string _file;
    private readonly List<KubernetesObject> _objects = [];
    private readonly List<SnapshotProblem> _problems = [];
    private TextDefect? _error;

    private SnapshotText(string file) => _file = file;

    /// <summary>Reads UTF-8 without a byte order mark; <paramref name="file"/> is for the problems only.</summary>
    public static SnapshotContent Read(string file, ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span)) return new([], [], new TextDefect(0, "not UTF-8 text"));
        if (utf8.Span.Trim(" \t\r\n"u8).IsEmpty) return new([], [], new TextDefect(0, "empty, perhaps just being written"));
        var text = new SnapshotText(file);
        TextDefect? syntax = IsJson(utf8.Span)
            ? JsonNodes.Read(utf8.Span, text.ReadDocument)
            : YamlNodes.Read(new StringReader(Encoding.UTF8.GetString(utf8.Span)), text.ReadDocument);
        TextDefect? error = syntax ?? text._error;
        return error is null ? new(text._objects, text._problems, null) : new([], [], error);
    }

    /// <summary>
    /// JSON begins with a brace and a quotation mark and has no line of three hyphens, which no JSON string can hold either:
    /// so a flow-style YAML file, and YAML documents each written as JSON, are still YAML.
    /// </summary>
    private static bool IsJson(ReadOnlySpan<byte> utf8)
    {
        ReadOnlySpan<byte> start = utf8.TrimStart(" \t\r\n"u8);
        return start.Length > 0 && start[0] == '{' && start[1..].TrimStart(" \t\r\n"u8) is [(byte)'"' or (byte)'}', ..]
            && utf8.IndexOf("\n---"u8) < 0;
    }

    private void ReadDocument(KubeNode node) => Read(node, listed: null, depth: 0);

    private void Read(KubeNode node, ListKind? listed, int depth)
    {
        if (node.Kind == KubeNodeKind.Null) return;
        string? kind = KindOf(node, "kind") ?? listed?.ItemKind;
        string? version = KindOf(node, "apiVersion") ?? listed?.Version;
        if (kind is null && node["items"] is not null) _error ??= new TextDefect(node.Line, "items without a kind: a list cut short?");
        else if (node.Kind != KubeNodeKind.Map) Report(node.Line, "", "a Kubernetes object must be a map");
        else if (kind is null || version is null) Report(node.Line, kind ?? "", kind is null ? "kind is missing" : "apiVersion is missing");
        else if (kind.EndsWith("List", StringComparison.Ordinal)) ReadList(node, kind, version, depth);
        else if (NeededKind(kind, version) is { } needed) ReadObject(needed, node);
    }

    private static string? KindOf(KubeNode node, string key) =>
        node[key] is { Kind: KubeNodeKind.Text, Text.Length: > 0 } text ? text.Text : null;

    private void ReadList(KubeNode node, string kind, string version, int depth)
    {
        bool mixed = kind == "List";
        if (!mixed && NeededKind(kind[..^4], version) is null) return;
        if (node.Defect is { } defect) _error ??= defect;
        else if (depth > 1) _error ??= new TextDefect(node.Line, "a list in a list in a list");
        else if (node["items"] is { Kind: not KubeNodeKind.List } items) _error ??= new TextDefect(items.Line, "items must be a list");
        var listed = mixed ? null : new ListKind(kind[..^4], version);
        foreach (KubeNode item in node["items"]?.Items ?? []) Read(item, listed, depth + 1);
    }

    private void ReadObject(KubernetesKind kind, KubeNode node)
    {
        var fields = new ObjectFields();
        KubernetesObject read = ObjectReader.Read(kind, node, fields);
        if (fields.Defect is { } defect) Report(defect.Line, read.ToString(), defect.Message);
        else if (read.Value is not null) _objects.Add(read);
    }

    private void Report(int line, string what, string message) => _problems.Add(new SnapshotProblem(_file, line, what, message));

    /// <summary>Other groups have kinds of the same names: serving.knative.dev has a Service too.</summary>
    private static KubernetesKind? NeededKind(string kind, string version) => (kind, version) switch
    {
        ("Namespace", "v1") => KubernetesKind.Namespace,
        ("Service", "v1") => KubernetesKind.Service,
        ("Pod", "v1") => KubernetesKind.Pod,
        ("EndpointSlice", "discovery.k8s.io/v1") => KubernetesKind.EndpointSlice,
        _ => null,
    };

    /// <summary>What the items of a typed list are when they do not say so themselves.</summary>
    private sealed record ListKind(string ItemKind, string Version);
}
