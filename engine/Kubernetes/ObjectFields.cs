using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>
/// Typed access to the fields of one object. An absent or null field is null or empty; a wrong one too, and
/// <see cref="Defect"/> then says what was wrong with the first of them and on which line.
/// </summary>
internal sealed class ObjectFields
{
    private const int LongestLabel = 63, LongestName = 253;

    /// <summary>The first thing wrong; the object is to be left out when there is one.</summary>
    public TextDefect? Defect { get; private set; }

    public void Fail(int line, string message) => Defect ??= new TextDefect(line, message);

    public KubeNode? Map(KubeNode? parent, string key) => Field(parent, key, KubeNodeKind.Map, "a map");

    /// <summary>A list of maps; an item that is none is reported and left out.</summary>
    public List<KubeNode> Maps(KubeNode? parent, string key) => List(parent, key, KubeNodeKind.Map, "a list of maps");

    /// <summary>A list of strings; an item that is none is reported and left out.</summary>
    public List<KubeNode> Texts(KubeNode? parent, string key) => List(parent, key, KubeNodeKind.Text, "a list of strings");

    /// <summary>A string; an empty one is as good as none, which is how the API's own types are written out.</summary>
    public KubeNode? TextNode(KubeNode? parent, string key) =>
        Field(parent, key, KubeNodeKind.Text, "a string") is { Text.Length: > 0 } node ? node : null;

    public string? Text(KubeNode? parent, string key) => TextNode(parent, key)?.Text;

    public bool? Flag(KubeNode? parent, string key) =>
        Field(parent, key, KubeNodeKind.Flag, "true or false") is { } flag ? flag.Text == "true" : null;

    /// <summary>A map of strings, as labels are.</summary>
    public IReadOnlyDictionary<string, string> Labels(KubeNode? parent, string key)
    {
        if (Map(parent, key) is not { } map) return NoLabels.Instance;
        var labels = new Dictionary<string, string>(map.Members.Length);
        foreach (KeyValuePair<string, KubeNode> member in map.Members)
            if (Is(member.Value, member.Key, KubeNodeKind.Text, "a string")) labels[member.Key] = member.Value.Text;
        return labels;
    }

    /// <summary>A port, 1 to 65535; null when absent.</summary>
    public int? Port(KubeNode? parent, string key)
    {
        if (Field(parent, key, KubeNodeKind.Number, "a number") is not { } node) return null;
        if (ushort.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0) return port;
        Fail(node.Line, $"{key} {node.Text} is not within 1 to 65535");
        return null;
    }

    /// <summary>A time of RFC 3339; null when absent.</summary>
    public DateTimeOffset? Time(KubeNode? parent, string key)
    {
        if (Field(parent, key, KubeNodeKind.Text, "a time") is not { } node) return null;
        if (DateTimeOffset.TryParse(node.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return time;
        Fail(node.Line, $"{key} '{node.Text}' is not a time (RFC 3339)");
        return null;
    }

    /// <summary>An RFC 1123 label (63 characters), in lower case; null when absent or empty.</summary>
    public string? Label(KubeNode? parent, string key) => Name(parent, key, "label", IsLabel);

    /// <summary>
    /// The name of an object, such as a pod: labels of RFC 1123 joined by dots (253 characters), in lower case; null when absent or
    /// empty. No label is too long: Kubernetes takes such names, and a static pod of a node with a long name has one.
    /// </summary>
    public string? Subdomain(KubeNode? parent, string key) => Name(parent, key, "name", text => IsSubdomain(text, LongestName));

    /// <summary>An address the way Kubernetes writes it: no leading zeros, no zone, no prefix length; null when it is none.</summary>
    public IPAddress? Address(KubeNode node)
    {
        if (!IPAddress.TryParse(node.Text, out IPAddress? address) || !IsStrict(address, node.Text))
        {
            Fail(node.Line, $"'{node.Text}' is not an IP address");
            return null;
        }
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>Whether the text is RFC 1123 labels joined by dots: lower-case letters, digits and inner hyphens, 253 characters.</summary>
    public static bool IsSubdomain(string text) => IsSubdomain(text, LongestLabel);

    private static bool IsSubdomain(string text, int longestLabel)
    {
        if (text.Length > LongestName) return false;
        foreach (Range label in text.AsSpan().Split('.'))
            if (!IsLabel(text.AsSpan()[label], longestLabel)) return false;
        return true;
    }

    private static bool IsLabel(string text) => IsLabel(text.AsSpan(), LongestLabel);

    private static bool IsLabel(ReadOnlySpan<char> label, int longest)
    {
        if (label.IsEmpty || label.Length > longest || label[0] == '-' || label[^1] == '-') return false;
        foreach (char letter in label)
            if (!char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-') return false;
        return true;
    }

    // The parser takes "1", "0x7f.1" and "10.0.0.01" for IPv4, brackets, zones and ports for IPv6.
    private static bool IsStrict(IPAddress address, string text) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.ToString() == text
        : text.AsSpan().IndexOfAny("[]%/") < 0;

    private string? Name(KubeNode? parent, string key, string what, Func<string, bool> isName)
    {
        if (TextNode(parent, key) is not { } node) return null;
        string name = node.Text.ToLowerInvariant();
        if (isName(name)) return name;
        Fail(node.Line, $"{key} '{node.Text}' is not an RFC 1123 {what}");
        return null;
    }

    private List<KubeNode> List(KubeNode? parent, string key, KubeNodeKind kind, string what)
    {
        KubeNode[] items = Field(parent, key, KubeNodeKind.List, what)?.Items ?? [];
        List<KubeNode> right = new(items.Length);
        foreach (KubeNode item in items)
            if (Is(item, key, kind, what)) right.Add(item);
        return right;
    }

    private KubeNode? Field(KubeNode? parent, string key, KubeNodeKind kind, string what) =>
        parent?[key] is { } node && Is(node, key, kind, what) ? node : null;

    private bool Is(KubeNode node, string key, KubeNodeKind kind, string what)
    {
        if (node.Kind == kind) return true;
        Fail(node.Line, $"{key} must be {what}, not {Describe(node)}");
        return false;
    }

    private static string Describe(KubeNode node) => node.Kind switch
    {
        KubeNodeKind.Null => "null",
        KubeNodeKind.List => "a list",
        KubeNodeKind.Map => "a map",
        KubeNodeKind.Text => $"the string '{node.Text}'",
        _ => node.Text,
    };
}
