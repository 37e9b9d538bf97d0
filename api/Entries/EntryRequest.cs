using System.Globalization;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using Microsoft.Net.Http.Headers;

namespace KubeDoH.Api.Entries;

/// <summary>
/// What a request says beside its body: the path's name and type, conditions, options, filters. Each reader says no with a sentence.
/// </summary>
internal static class EntryRequest
{
    public static readonly string[] Filters = ["name", "suffix", "type", "label", "source", "namespace", "enabled", "q"];

    /// <summary>The entry that the path names.</summary>
    public static string? TryReadKey(HttpRequest request, string nameSegment, string typeSegment, out EntryKey key)
    {
        key = default;
        RecordType type = default;
        string? error = ListRequest.TryReadName(request, nameSegment, out DnsName name) ?? ListRequest.TryReadType(typeSegment, out type);
        if (error is null) key = new EntryKey(name, type);
        return error;
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
        if (ListRequest.FindUnknown(request, "dryRun", "override") is { } unknown) return unknown;
        if (!TryReadFlag(request, "dryRun", out bool dryRun)) return "dryRun must be true or false.";
        if (!TryReadFlag(request, "override", out bool isOverride)) return "override must be true or false.";
        options = new WriteOptions(dryRun, isOverride) { Author = AuthorOf(request.HttpContext) };
        return null;
    }

    public static string? TryReadFilter(HttpRequest request, out EntryFilter filter)
    {
        filter = new EntryFilter();
        DnsName? name = null, suffix = null;
        RecordType? type = null;
        EntryKey? after = null;
        string? @namespace = null;
        bool? enabled = null;
        IReadOnlyList<LabelFilter> labels = [];
        int limit = 0;
        string? error = ListRequest.FindUnknown(request, [.. Filters, "limit", "cursor"])
            ?? ListRequest.TryReadNames(request, out name, out suffix)
            ?? ListRequest.TryReadType(request, out type)
            ?? ListRequest.TryReadLimit(request, out limit)
            ?? ListRequest.TryReadNamespace(request, out @namespace)
            ?? TryReadEnabled(request, out enabled)
            ?? TryReadLabels(request, out labels)
            ?? TryReadCursor(request, out after);
        if (error is not null) return error;
        filter = new EntryFilter
        {
            Name = name, Suffix = suffix, Type = type, Namespace = @namespace, Enabled = enabled, Labels = labels,
            Source = request.Query["source"].ToString() is { Length: > 0 } source ? source : null,
            Text = request.Query["q"], Limit = limit, After = after,
        };
        return null;
    }

    /// <summary>True when If-None-Match names what the client would get (RFC 9110 13.1.2, compared weakly).</summary>
    public static bool HasIt(HttpRequest request, string tag) =>
        TryReadTags(request, HeaderNames.IfNoneMatch, out List<EntityTagHeaderValue>? tags)
        && tags?.Any(t => t.Tag == "*" || t.Tag == tag) == true;

    /// <summary>The cursor that continues after an entry.</summary>
    public static string Cursor(EntryKey key) => $"{RecordTypeText.Write(key.Type)} {key.Name}";

    public static EntryAuthor? AuthorOf(HttpContext context) =>
        context.Features.Get<Caller>() is { } caller ? new EntryAuthor(caller.Name, caller.Address) : null;

    private static string? TryReadEnabled(HttpRequest request, out bool? enabled)
    {
        bool isThere = request.Query.ContainsKey("enabled"), isRead = TryReadFlag(request, "enabled", out bool value);
        enabled = isThere ? value : null;
        return isRead ? null : "enabled must be true or false.";
    }

    /// <summary>Each <c>label=team=data</c>, or <c>label=team</c> for any value of it.</summary>
    private static string? TryReadLabels(HttpRequest request, out IReadOnlyList<LabelFilter> labels)
    {
        IEnumerable<string[]> parts = request.Query["label"].OfType<string>().Select(text => text.Split('=', 2));
        labels = [.. parts.Select(part => new LabelFilter(part[0], part.ElementAtOrDefault(1)))];
        return labels.All(label => label.Key.Length > 0) ? null : "label is a key, or a key and a value: label=team=data.";
    }

    private static string? TryReadCursor(HttpRequest request, out EntryKey? after)
    {
        after = null;
        if (request.Query["cursor"].ToString() is not { Length: > 0 } cursor) return null;
        string[] parts = cursor.Split(' ', 2);
        if (parts.Length != 2 || !RecordTypeText.TryRead(parts[0], out RecordType type)
            || !DnsName.TryParse(parts[1], out DnsName name, out _))
            return "The cursor is none that a list has given.";
        after = new EntryKey(name, type);
        return null;
    }

    /// <summary>A parameter that is true or false, and false when it is not there.</summary>
    public static bool TryReadFlag(HttpRequest request, string name, out bool value)
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
