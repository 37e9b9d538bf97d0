using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Primitives;

namespace KubeDoH.Api.Doh;

/// <summary>An answer to one of the types that were asked.</summary>
internal readonly record struct TypedAnswer(RecordType Type, Answer Answer);

/// <summary>Answer to HTTP: the bytes, their media type and their freshness (RFC 8484 5.1).</summary>
internal static class DohReply
{
    public const string WireMediaType = "application/dns-message";
    public const string DnsJsonMediaType = "application/dns-json";

    public static readonly StringValues NoStore = "no-store";

    private static readonly StringValues WireType = WireMediaType;
    private static readonly StringValues DnsJsonType = DnsJsonMediaType;
    private static readonly StringValues JsonType = "application/json; charset=utf-8";
    private static readonly StringValues VaryAccept = "Accept";

    /// <summary>The header values for up to an hour, each made when first needed.</summary>
    private static readonly string?[] MaxAges = new string?[3601];

    /// <summary>Writes the answer as a DNS message; returns its octets.</summary>
    public static int WriteMessage(HttpContext context, Query query, Answer answer, bool varies)
    {
        IHeaderDictionary headers = SetHeaders(context, WireType, answer.Ttl, varies);
        int room = answer.MaxSize(query), length;
        if (context.IsHead())
        {
            byte[] unsent = ArrayPool<byte>.Shared.Rent(room);
            headers.ContentLength = length = answer.WriteTo(unsent, query);
            ArrayPool<byte>.Shared.Return(unsent);
            return length;
        }

        PipeWriter body = context.ResponseWriter();
        headers.ContentLength = length = answer.WriteTo(body.GetSpan(room), query);
        body.Advance(length);
        return length;
    }

    /// <summary>Writes the answers as one JSON document, as fresh as the shortest-lived of them; returns its octets.</summary>
    public static int WriteJson(HttpContext context, Query query, ReadOnlySpan<TypedAnswer> answers, DohFormat format)
    {
        uint? ttl = uint.MaxValue;
        foreach (TypedAnswer typed in answers) ttl = typed.Answer.Ttl < ttl ? typed.Answer.Ttl : typed.Answer.Ttl is null ? null : ttl;
        IHeaderDictionary headers = SetHeaders(context, format == DohFormat.DnsJson ? DnsJsonType : JsonType, ttl, varies: true);
        ReadOnlySpan<byte> json = DnsJson.Write(query, answers);
        headers.ContentLength = json.Length;
        if (!context.IsHead()) context.ResponseWriter().Write(json);
        return json.Length;
    }

    /// <summary>Writes a message of a header only: id, opcode and RD as they came, and a response code (RFC 1035 4.1.1).</summary>
    public static void WriteHeader(HttpContext context, ushort id, ushort flags, Rcode rcode)
    {
        SetHeaders(context, WireType, ttl: null, varies: false).ContentLength = MessageHeader.Size;
        if (context.IsHead()) return;
        PipeWriter body = context.ResponseWriter();
        MessageHeader.Reply(id, flags, rcode).Write(body.GetSpan(MessageHeader.Size));
        body.Advance(MessageHeader.Size);
    }

    private static IHeaderDictionary SetHeaders(HttpContext context, StringValues mediaType, uint? ttl, bool varies)
    {
        IHeaderDictionary headers = context.ResponseFeature().Headers;
        headers.ContentType = mediaType;
        headers.CacheControl = ttl is { } seconds ? MaxAge(seconds) : NoStore;
        if (varies) headers.Vary = VaryAccept;
        return headers;
    }

    private static StringValues MaxAge(uint seconds) =>
        seconds < MaxAges.Length ? MaxAges[seconds] ??= Text(seconds) : Text(seconds);

    private static string Text(uint seconds) => string.Create(CultureInfo.InvariantCulture, $"max-age={seconds}");
}
