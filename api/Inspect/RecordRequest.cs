using System.Globalization;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Inspect;

/// <summary>The parameters of the list of records. Each reader says no with a sentence.</summary>
internal static class RecordRequest
{
    public static readonly string[] Filters = ["source", "namespace", "name", "suffix", "type", "q"];

    /// <param name="sources">The sources that there are.</param>
    public static string? TryReadFilter(HttpRequest request, IReadOnlyList<string> sources, out RecordFilter filter)
    {
        filter = new RecordFilter();
        string? source = null, @namespace = null;
        DnsName? name = null, suffix = null;
        RecordType? type = null;
        RecordPlace? after = null;
        int limit = 0;
        string? error = ListRequest.FindUnknown(request, [.. Filters, "limit", "cursor"])
            ?? TryReadSource(request, sources, out source)
            ?? ListRequest.TryReadNamespace(request, out @namespace)
            ?? ListRequest.TryReadNames(request, out name, out suffix)
            ?? ListRequest.TryReadType(request, out type)
            ?? ListRequest.TryReadLimit(request, out limit)
            ?? TryReadCursor(request, out after);
        if (error is not null) return error;
        filter = new RecordFilter
        {
            Source = source, Namespace = @namespace, Name = name, Suffix = suffix, Type = type, Text = request.Query["q"], Limit = limit,
            After = after,
        };
        return null;
    }

    /// <summary>The cursor that continues behind a place: <c>type part:namespace name</c>.</summary>
    public static string Cursor(RecordPlace place) =>
        string.Create(CultureInfo.InvariantCulture, $"{RecordTypeText.Write(place.Type)} {place.Listing}:{place.Scope} {place.Name}");

    private static string? TryReadSource(HttpRequest request, IReadOnlyList<string> sources, out string? source)
    {
        source = request.Query["source"].ToString() is { Length: > 0 } text ? text : null;
        return source is null || sources.Contains(source)
            ? null
            : $"There is no source '{source}'; there are {string.Join(", ", sources)}.";
    }

    private static string? TryReadCursor(HttpRequest request, out RecordPlace? after)
    {
        after = null;
        if (request.Query["cursor"].ToString() is not { Length: > 0 } cursor) return null;
        string[] parts = cursor.Split(' ', 3);
        string[] place = parts.Length == 3 ? parts[1].Split(':') : [];
        if (place.Length == 2 && (place[1].Length == 0 || EntryRules.IsNamespace(place[1]))
            && int.TryParse(place[0], NumberStyles.None, CultureInfo.InvariantCulture, out int listing)
            && RecordTypeText.TryRead(parts[0], out RecordType type) && DnsName.TryParse(parts[2], out DnsName name, out _))
            after = new RecordPlace(name, listing, type, place[1]);
        return after is null ? "The cursor is none that a list has given." : null;
    }
}
