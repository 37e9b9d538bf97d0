using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>
/// <c>labelSelector</c> and <c>fieldSelector</c> of a request: <c>a=b</c>, <c>a==b</c>, <c>a!=b</c>, <c>a in (b,c)</c>,
/// <c>a notin (b,c)</c>, <c>a</c>, <c>!a</c>, joined by commas. A field is a path such as <c>metadata.name</c>.
/// </summary>
internal sealed partial class ApiSelector
{
    private readonly string[] _labels;
    private readonly string[] _fields;
    private readonly string _namespace;

    public ApiSelector(ApiRequest request)
    {
        _labels = Terms($"{request.Query["labelSelector"]}");
        _fields = Terms($"{request.Query["fieldSelector"]}");
        _namespace = request.Namespace;
    }

    /// <summary>True when nothing but the path restricts.</summary>
    public bool SelectsAll => _labels.Length == 0 && _fields.Length == 0;

    public bool Matches(ApiObject candidate)
    {
        if (_namespace.Length > 0 && candidate.Namespace != _namespace) return false;
        if (!_labels.All(term => Holds(term, candidate.Labels.GetValueOrDefault))) return false;
        if (_fields.Length == 0) return true;
        JsonObject tree = candidate.Tree();
        return _fields.All(term => Holds(term, path => FieldOf(tree, path)));
    }

    private static string? FieldOf(JsonNode tree, string path)
    {
        JsonNode? found = tree;
        foreach (string part in path.Split('.')) found = (found as JsonObject)?[part];
        return found?.ToString() ?? "";
    }

    private static bool Holds(string term, Func<string, string?> valueOf)
    {
        if (SetTerm().Match(term) is { Success: true } set)
        {
            string[] values = set.Groups[3].Value.Split(',', StringSplitOptions.TrimEntries);
            bool among = valueOf(set.Groups[1].Value) is { } value && values.Contains(value);
            return among == (set.Groups[2].Value == "in");
        }

        if (EqualTerm().Match(term) is { Success: true } equal)
            return valueOf(equal.Groups[1].Value) == equal.Groups[3].Value == (equal.Groups[2].Value != "!=");
        return term[0] == '!' ? valueOf(term[1..].Trim()) is null : valueOf(term) is not null;
    }

    private static string[] Terms(string selector) =>
        TermBorder().Split(selector).Select(term => term.Trim()).Where(term => term.Length > 0).ToArray();

    /// <summary>A comma that stands in no brackets.</summary>
    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex TermBorder();

    [GeneratedRegex(@"^(\S+)\s+(in|notin)\s*\((.*)\)$")]
    private static partial Regex SetTerm();

    [GeneratedRegex(@"^([^!=\s]+)\s*(==|!=|=)\s*(.*)$")]
    private static partial Regex EqualTerm();
}
