using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using Microsoft.Net.Http.Headers;

namespace KubeDoH.Api.Entries.Transfer;

/// <summary>What kind of text an import or an export is.</summary>
internal enum TransferForm
{
    Hosts,
    Zone,
    Json,
}

/// <summary>What an import says beside its text.</summary>
/// <param name="Source">Null: what each entry of the text says.</param>
/// <param name="Strict">Nothing is imported when a line has to be left out.</param>
/// <param name="Origin">What names without a last dot lie below, until the zone file says it.</param>
internal sealed record ImportRequest(ImportMode Mode, string? Source, bool Strict, DnsName? Origin, WriteOptions Options)
{
    /// <summary>What is written by hand is marked so, and no import may take it for its own.</summary>
    private const string ByHand = "api";

    /// <summary>Reads the parameters; says no with a sentence.</summary>
    public static string? TryRead(HttpRequest request, TransferForm form, out ImportRequest import)
    {
        import = new ImportRequest(ImportMode.Merge, null, false, null, default);
        if (ListRequest.FindUnknown(request, "mode", "source", "origin", "strict", "dryRun", "override") is { } unknown) return unknown;
        if (!TryReadMode(request.Query["mode"], out ImportMode mode)) return "mode must be merge, replace or restore.";
        if (TryReadSource(request.Query["source"], mode, out string? source) is { } badSource) return badSource;
        if (TryReadOrigin(request.Query["origin"], form, out DnsName? origin) is { } badOrigin) return badOrigin;
        if (!EntryRequest.TryReadFlag(request, "strict", out bool strict)) return "strict must be true or false.";
        if (!EntryRequest.TryReadFlag(request, "dryRun", out bool dryRun)) return "dryRun must be true or false.";
        if (!EntryRequest.TryReadFlag(request, "override", out bool isOverride)) return "override must be true or false.";
        if (mode == ImportMode.Restore && form != TransferForm.Json) return "mode=restore needs a JSON export, which has revisions.";
        import = new ImportRequest(
            mode, source, strict, origin, new WriteOptions(dryRun, isOverride) { Author = EntryRequest.AuthorOf(request.HttpContext) });
        return null;
    }

    /// <summary>The form that the body's media type names; null for another one, or another coding than UTF-8.</summary>
    public static TransferForm? TryReadForm(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)) return null;
        if (request.Headers.ContentEncoding.Count > 0) return null;
        string charset = type.Charset.HasValue ? HeaderUtilities.RemoveQuotes(type.Charset).ToString() : "utf-8";
        if (!charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
            return null;
        return type.MediaType.ToString().ToLowerInvariant() switch
        {
            "text/plain" => TransferForm.Hosts,
            "text/dns" => TransferForm.Zone,
            "application/json" => TransferForm.Json,
            _ => null,
        };
    }

    private static bool TryReadMode(string? text, out ImportMode mode)
    {
        mode = ImportMode.Merge;
        return string.IsNullOrEmpty(text) || (Enum.TryParse(text, ignoreCase: true, out mode) && !char.IsAsciiDigit(text[0]));
    }

    private static string? TryReadSource(string? text, ImportMode mode, out string? source)
    {
        source = string.IsNullOrEmpty(text) ? null : text;
        if (source is null) return mode == ImportMode.Replace ? "mode=replace needs a source: its entries are replaced." : null;
        if (mode == ImportMode.Restore) return "mode=restore takes no source: each entry keeps its own.";
        if (!EntryRules.IsSource(source)) return $"source: {EntryRules.SourceRule}.";
        return source.Equals(ByHand, StringComparison.OrdinalIgnoreCase)
            ? "source: api marks what is written by hand; an import needs another name."
            : null;
    }

    private static string? TryReadOrigin(string? text, TransferForm form, out DnsName? origin)
    {
        origin = null;
        if (string.IsNullOrEmpty(text)) return null;
        if (form != TransferForm.Zone) return "origin belongs to a zone file (text/dns).";
        if (!DnsName.TryParse(text, out DnsName read, out string? error)) return $"origin: {error}.";
        origin = read;
        return null;
    }
}
