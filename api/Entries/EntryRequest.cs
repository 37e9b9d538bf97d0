using System.Globalization;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using Microsoft.Net.Http.Headers;

namespace KubeDoH.Api.Entries;

/// <summary>
/// What a request says beside its body: the path's name and type, conditions, options, filters. Each reader says no with a sentence.
/// </summary>
internal static class EntryRequest
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    /// <summary>The name of a path segment: Kestrel leaves <c>%2F</c> as it is, and RFC 2317 names hold slashes.</summary>
    public static string? TryReadName(string segment, out DnsName name) =>
        DnsName.TryParse(segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), out name, out string? error)
            ? null
            : $"The name '{segment}' is not a domain name: {error}.";

    public static string? TryReadKey(string nameSegment, string typeSegment, out EntryKey key)
    {
        key = default;
        if (TryReadName(nameSegment, out DnsName name) is { } error) return error;
        if (!RecordTypeText.TryRead(typeSegment, out RecordType type)) return $"'{typeSegment}' is not a record type.";
        key = new EntryKey(name, type);
        return null;
    }

    /// <summary>If-Match and If-None-Match of a write (RFC 9110 13.1.1, 13.1.2).</summary>
    public static string? TryReadCondition(HttpRequest request, out EntryCondition condition)
    {
        condition = EntryCondition.None;
        if (!TryReadTags(request, HeaderNames.IfMatch, out List<EntityTagHeaderValue>? match)) return Malformed(HeaderNames.IfMatch);
        if (!TryReadTags(request, HeaderNames.IfNoneMatch, out List<EntityTagHeaderValue>? noneMatch))
            return Malformed(HeaderNames.IfNoneMatch);
        condition = new EntryCondition(Revisions(match), Revisions(noneMatch));
        return null;
    }

    public static string? TryReadOptions(HttpRequest request, out WriteOptions options)
    {
        options = default;
        if (FindUnknown(request, "dryRun", "override") is { } unknown) return unknown;
        if (!TryReadFlag(request, "dryRun", out bool dryRun)) return "dryRun must be true or false.";
        if (!TryReadFlag(request, "override", out bool isOverride)) return "override must be true or false.";
        options = new WriteOptions(dryRun, isOverride);
        return null;
    }

    public static string? TryReadFilter(HttpRequest request, out EntryFilter filter)
    {
        filter = new EntryFilter { Limit = DefaultLimit, Text = request.Query["q"] };
        if (FindUnknown(request, "name", "suffix", "type", "q", "limit", "cursor") is { } unknown) return unknown;
        if (request.Query["name"].ToString() is { Length: > 0 } nameText)
        {
            if (!DnsName.TryParse(nameText, out DnsName name, out string? error)) return $"name: {error}.";
            filter = filter with { Name = name };
        }

        if (request.Query["suffix"].ToString() is { Length: > 0 } suffixText)
        {
            if (!DnsName.TryParse(suffixText, out DnsName suffix, out string? error)) return $"suffix: {error}.";
            filter = filter with { Suffix = suffix };
        }

        if (request.Query["type"].ToString() is { Length: > 0 } typeText)
        {
            if (!RecordTypeText.TryRead(typeText, out RecordType type)) return $"type: '{typeText}' is not a record type.";
            filter = filter with { Type = type };
        }

        return TryReadPage(request, ref filter);
    }

    /// <summary>True when If-None-Match names what the client would get (RFC 9110 13.1.2, compared weakly).</summary>
    public static bool HasIt(HttpRequest request, string tag) =>
        TryReadTags(request, HeaderNames.IfNoneMatch, out List<EntityTagHeaderValue>? tags)
        && tags?.Any(t => t.Tag == "*" || t.Tag == tag) == true;

    /// <summary>The cursor that continues after an entry.</summary>
    public static string Cursor(EntryKey key) => $"{RecordTypeText.Write(key.Type)} {key.Name}";

    private static string? TryReadPage(HttpRequest request, ref EntryFilter filter)
    {
        if (request.Query["limit"].ToString() is { Length: > 0 } limitText)
        {
            if (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) || limit is < 1 or > MaxLimit)
                return $"limit must lie between 1 and {MaxLimit}.";
            filter = filter with { Limit = limit };
        }

        if (request.Query["cursor"].ToString() is { Length: > 0 } cursor)
        {
            string[] parts = cursor.Split(' ', 2);
            if (parts.Length != 2 || TryReadKey(parts[1], parts[0], out EntryKey after) is not null)
                return "The cursor is none that a list has given.";
            filter = filter with { After = after };
        }

        return null;
    }

    /// <summary>
    /// A parameter that is passed over would be a misspelt dryRun that writes, or a misspelt filter that finds everything.
    /// </summary>
    private static string? FindUnknown(HttpRequest request, params string[] known) =>
        request.Query.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } key
            ? $"There is no parameter '{key}'; there are {string.Join(", ", known)}."
            : null;

    private static bool TryReadFlag(HttpRequest request, string name, out bool value)
    {
        value = false;
        return !request.Query.TryGetValue(name, out var text) || bool.TryParse(text, out value);
    }

    private static string Malformed(string header) => $"{header} must be * or entity tags in double quotes, as ETag has them.";

    /// <summary>A header that is there and does not parse is an error: to pass over it would drop the client's condition.</summary>
    private static bool TryReadTags(HttpRequest request, string header, out List<EntityTagHeaderValue>? tags)
    {
        tags = null;
        if (!request.Headers.TryGetValue(header, out var values)) return true;
        if (!EntityTagHeaderValue.TryParseStrictList([.. values.OfType<string>()], out IList<EntityTagHeaderValue>? parsed)) return false;
        tags = [.. parsed];
        return true;
    }

    /// <summary>The revisions of the strong tags; a tag that no revision ever has stands for one that never matches.</summary>
    private static List<long>? Revisions(List<EntityTagHeaderValue>? tags)
    {
        if (tags is null) return null;
        if (tags.Exists(t => t.Tag == "*")) return [];
        return [.. tags.Select(RevisionOf)];
    }

    private static long RevisionOf(EntityTagHeaderValue tag)
    {
        ReadOnlySpan<char> text = tag.Tag.AsSpan().Trim('"');
        return !tag.IsWeak && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long revision) ? revision : -1;
    }
}
