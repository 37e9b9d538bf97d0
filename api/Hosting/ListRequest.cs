using System.Globalization;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Hosting;

/// <summary>What every list reads from its request, and how it leads on to its next page. Each reader says no with a sentence.</summary>
internal static class ListRequest
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    /// <summary>The name that the path has as its parameter <c>name</c>.</summary>
    public static string? TryReadName(HttpRequest request, string segment, out DnsName name)
    {
        name = default;
        if (PathSegment.TryRead(request, "name", segment, out string text) is { } unread) return unread;
        return DnsName.TryParse(text, out name, out string? error) ? null : $"The name '{segment}' is not a domain name: {error}.";
    }

    /// <summary>The record type of a path segment.</summary>
    public static string? TryReadType(string segment, out RecordType type) =>
        RecordTypeText.TryRead(segment, out type) ? null : $"'{segment}' is not a record type.";

    /// <summary>The parameters <c>name</c> and <c>suffix</c>; null where they are not there.</summary>
    public static string? TryReadNames(HttpRequest request, out DnsName? name, out DnsName? suffix)
    {
        suffix = null;
        return TryReadParameter(request, "name", out name) ?? TryReadParameter(request, "suffix", out suffix);
    }

    /// <summary>The parameter <c>type</c>; null where it is not there.</summary>
    public static string? TryReadType(HttpRequest request, out RecordType? type)
    {
        type = null;
        if (request.Query["type"].ToString() is not { Length: > 0 } text) return null;
        if (!RecordTypeText.TryRead(text, out RecordType read)) return $"type: '{text}' is not a record type.";
        type = read;
        return null;
    }

    /// <summary>The parameter <c>namespace</c>; null where it is not there.</summary>
    public static string? TryReadNamespace(HttpRequest request, out string? @namespace)
    {
        @namespace = request.Query["namespace"].ToString() is { Length: > 0 } text ? text : null;
        return @namespace is null || EntryRules.IsNamespace(@namespace) ? null : $"namespace: '{@namespace}' is no name of a namespace.";
    }

    /// <summary>The parameter <c>limit</c>: the most of a page.</summary>
    public static string? TryReadLimit(HttpRequest request, out int limit)
    {
        limit = DefaultLimit;
        if (request.Query["limit"].ToString() is not { Length: > 0 } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MaxLimit
            ? null
            : $"limit must lie between 1 and {MaxLimit}.";
    }

    /// <summary>
    /// A parameter that is passed over would be a misspelt dryRun that writes, or a misspelt filter that finds everything.
    /// </summary>
    public static string? FindUnknown(HttpRequest request, params string[] known) =>
        request.Query.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } key
            ? $"There is no parameter '{key}'; {(known.Length == 0 ? "there are none" : $"there are {string.Join(", ", known)}")}."
            : null;

    /// <summary>Says where the next page is (RFC 8288): the same filters, and the cursor that this page ends with.</summary>
    public static void LeadOn(HttpContext context, string path, string? cursor, int limit, params string[] filters)
    {
        if (cursor is null) return;
        IEnumerable<KeyValuePair<string, string?>> kept = context.Request.Query
            .Where(pair => filters.Contains(pair.Key, StringComparer.OrdinalIgnoreCase))
            .SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value));
        var query = QueryString.Create([.. kept, new("limit", limit.ToString(CultureInfo.InvariantCulture)), new("cursor", cursor)]);
        context.Response.Headers.Link = $"<{path}{query}>; rel=\"next\"";
    }

    private static string? TryReadParameter(HttpRequest request, string parameter, out DnsName? name)
    {
        name = null;
        if (request.Query[parameter].ToString() is not { Length: > 0 } text) return null;
        if (!DnsName.TryParse(text, out DnsName read, out string? error)) return $"{parameter}: {error}.";
        name = read;
        return null;
    }
}
