using System.Globalization;
using System.Net;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Primitives;

namespace KubeDoH.Api.Doh;

/// <summary>How a reply is written.</summary>
internal enum DohFormat : byte
{
    /// <summary>application/dns-message.</summary>
    Wire,

    /// <summary>The JSON shape as application/json.</summary>
    Json,

    /// <summary>The same as application/dns-json.</summary>
    DnsJson,
}

/// <summary>
/// A question in words, as Google's and Cloudflare's JSON interfaces have it: <c>name</c>, <c>type</c>, <c>cd</c>, <c>do</c>,
/// <c>ct</c>, <c>edns_client_subnet</c>.
/// </summary>
internal static class NamedQuestion
{
    /// <summary>Types in one call: each is a resolution of its own.</summary>
    private const int MaxTypes = 16;

    public static DohRequest Read(HttpRequest request, in DohParameters parameters, Query query)
    {
        ReadOnlySpan<char> text = parameters[DohParameter.Name];
        Span<byte> name = stackalloc byte[WireName.MaxLength];
        if (!NameText.TryRead(text, name, out int length, out string? error)) return DohRefusal.Parameter("name", error);

        if (ReadTypes(parameters, out RecordType type, out RecordType[]? types) is { } badType) return badType;
        if (ReadFlag(parameters, DohParameter.Cd, out bool checkingDisabled) is { } badCd) return badCd;
        if (ReadFlag(parameters, DohParameter.Do, out bool dnssecOk) is { } badDo) return badDo;
        if (CheckSubnet(parameters) is { } badSubnet) return badSubnet;
        if (ReadFormat(request, parameters, out DohFormat format) is { } badFormat) return badFormat;
        if (types is not null && format == DohFormat.Wire)
            return DohRefusal.Parameter("type", "a DNS message holds one question: one type");

        query.Ask(name[..length], type, checkingDisabled, dnssecOk);
        return DohRequest.Named(format, types, absolute: EndsInDot(text));
    }

    /// <summary>A dot behind an odd number of backslashes is part of a label.</summary>
    public static bool EndsInDot(ReadOnlySpan<char> name)
    {
        if (name is not [.., '.']) return false;
        ReadOnlySpan<char> before = name[..^1];
        return (before.Length - before.TrimEnd('\\').Length) % 2 == 0;
    }

    private static DohRefusal? ReadTypes(in DohParameters parameters, out RecordType first, out RecordType[]? all)
    {
        first = RecordType.A;
        all = null;
        if (!parameters.Has(DohParameter.Type)) return null;
        ReadOnlySpan<char> text = parameters[DohParameter.Type];
        if (!text.Contains(',')) return RecordTypeText.TryRead(text, out first) ? null : BadType(text);

        var types = new List<RecordType>();
        foreach (Range range in text.Split(','))
        {
            ReadOnlySpan<char> word = text[range].Trim();
            if (!RecordTypeText.TryRead(word, out RecordType type)) return BadType(word);
            if (!types.Contains(type)) types.Add(type);
        }

        if (types.Count > MaxTypes) return DohRefusal.Parameter("type", $"at most {MaxTypes} types in one call");
        first = types[0];
        all = types.Count > 1 ? [.. types] : null;
        return null;
    }

    private static DohRefusal BadType(ReadOnlySpan<char> word) =>
        DohRefusal.Parameter("type", $"'{word}' is no record type: a mnemonic such as AAAA, TYPE65, or a number from 1 to 65535");

    /// <summary>Bare or empty means yes, as it does at Cloudflare.</summary>
    private static DohRefusal? ReadFlag(in DohParameters parameters, DohParameter parameter, out bool value)
    {
        ReadOnlySpan<char> text = parameters[parameter];
        value = text is "1" || text.Equals("true", StringComparison.OrdinalIgnoreCase) || (text.IsEmpty && parameters.Has(parameter));
        bool valid = value || text.IsEmpty || text is "0" || text.Equals("false", StringComparison.OrdinalIgnoreCase);
        return valid ? null : DohRefusal.Parameter(DohParameters.NameOf(parameter), "0, 1, true, false or nothing");
    }

    /// <summary>An address, or an address and a prefix length (RFC 7871 6); accepted, and not sent on.</summary>
    private static DohRefusal? CheckSubnet(in DohParameters parameters)
    {
        if (!parameters.Has(DohParameter.EdnsClientSubnet)) return null;
        ReadOnlySpan<char> text = parameters[DohParameter.EdnsClientSubnet];
        int slash = text.IndexOf('/');
        bool valid = IPAddress.TryParse(slash < 0 ? text : text[..slash], out IPAddress? address);
        if (valid && slash >= 0)
            valid = byte.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out byte length)
                && length <= 8 * address!.GetAddressBytes().Length;
        return valid ? null : DohRefusal.Parameter("edns_client_subnet", "an address, or an address/prefix-length such as 192.0.2.0/24");
    }

    /// <summary>
    /// <c>ct</c> decides, else Accept. Nobody is turned away for an Accept that names neither type (RFC 8484 4.1: a server may
    /// answer in a type that was not asked for): JSON is what a name in words gets.
    /// </summary>
    private static DohRefusal? ReadFormat(HttpRequest request, in DohParameters parameters, out DohFormat format)
    {
        format = DohFormat.Json;
        if (!parameters.Has(DohParameter.Ct))
        {
            format = FormatOf(request.Headers.Accept);
            return null;
        }

        switch (parameters[DohParameter.Ct])
        {
            case DohReply.WireMediaType:
                format = DohFormat.Wire;
                return null;
            case DohReply.DnsJsonMediaType:
                format = DohFormat.DnsJson;
                return null;
            case "application/json" or "application/x-javascript":
                return null;
            default:
                return DohRefusal.Parameter("ct", $"{DohReply.WireMediaType}, {DohReply.DnsJsonMediaType} or application/json");
        }
    }

    private static DohFormat FormatOf(StringValues accept)
    {
        bool wire = false, other = accept.Count == 0;
        foreach (string? line in accept)
        {
            ReadOnlySpan<char> text = line;
            foreach (Range range in text.Split(','))
            {
                ReadOnlySpan<char> type = text[range];
                int end = type.IndexOf(';');
                type = (end < 0 ? type : type[..end]).Trim();
                if (type.Equals(DohReply.DnsJsonMediaType, StringComparison.OrdinalIgnoreCase)) return DohFormat.DnsJson;
                if (type.Equals(DohReply.WireMediaType, StringComparison.OrdinalIgnoreCase)) wire = true;
                else other |= !type.IsEmpty;
            }
        }

        return wire && !other ? DohFormat.Wire : DohFormat.Json;
    }
}
