using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Entries.Transfer;

/// <summary>Which entries are exported, and how they are written.</summary>
internal sealed record ExportRequest(TransferForm Form, DnsName? Suffix, string? Source)
{
    /// <summary>Reads the parameters; says no with a sentence.</summary>
    public static string? TryRead(HttpRequest request, out ExportRequest export)
    {
        export = new ExportRequest(TransferForm.Json, null, null);
        if (ListRequest.FindUnknown(request, "format", "suffix", "source") is { } unknown) return unknown;
        string? format = request.Query["format"];
        var form = TransferForm.Json;
        if (!string.IsNullOrEmpty(format) && (!Enum.TryParse(format, ignoreCase: true, out form) || char.IsAsciiDigit(format[0])))
            return "format must be hosts, zone or json.";
        if (ListRequest.TryReadNames(request, out _, out DnsName? suffix) is { } badName) return badName;
        string? source = request.Query["source"].ToString() is { Length: > 0 } text ? text : null;
        if (source is not null && !EntryRules.IsSource(source)) return $"source: {EntryRules.SourceRule}.";
        export = new ExportRequest(form, suffix, source);
        return null;
    }
}
