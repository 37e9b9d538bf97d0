using System.Buffers;
using System.Globalization;
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

    /// <summary>Writes the answer as a DNS message.</summary>
    public static void WriteMessage(HttpContext context, Query query, Answer answer, bool varies)
    {
        HttpResponse response = context.Response;
        SetHeaders(response, WireType, answer.Ttl, varies);
        int room = answer.MaxSize(query);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            byte[] unsent = ArrayPool<byte>.Shared.Rent(room);
            response.ContentLength = answer.WriteTo(unsent, query);
            ArrayPool<byte>.Shared.Return(unsent);
            return;
        }

        int length = answer.WriteTo(response.BodyWriter.GetSpan(room), query);
        response.ContentLength = length;
        response.BodyWriter.Advance(length);
    }

    /// <summary>Writes the answers as one JSON document. It is as fresh as the shortest-lived of them.</summary>
    public static void WriteJson(HttpContext context, Query query, ReadOnlySpan<TypedAnswer> answers, DohFormat format)
    {
        uint? ttl = uint.MaxValue;
        foreach (TypedAnswer typed in answers) ttl = typed.Answer.Ttl < ttl ? typed.Answer.Ttl : typed.Answer.Ttl is null ? null : ttl;
        HttpResponse response = context.Response;
        SetHeaders(response, format == DohFormat.DnsJson ? DnsJsonType : JsonType, ttl, varies: true);
        ReadOnlySpan<byte> json = DnsJson.Write(query, answers);
        response.ContentLength = json.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) response.BodyWriter.Write(json);
    }

    /// <summary>Writes a message of a header only: id, opcode and RD as they came, and a response code (RFC 1035 4.1.1).</summary>
    public static void WriteHeader(HttpContext context, ushort id, ushort flags, Rcode rcode)
    {
        HttpResponse response = context.Response;
        SetHeaders(response, WireType, ttl: null, varies: false);
        response.ContentLength = MessageHeader.Size;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        MessageHeader.Reply(id, flags, rcode).Write(response.BodyWriter.GetSpan(MessageHeader.Size));
        response.BodyWriter.Advance(MessageHeader.Size);
    }

    private static void SetHeaders(HttpResponse response, StringValues mediaType, uint? ttl, bool varies)
    {
        IHeaderDictionary headers = response.Headers;
        headers.ContentType = mediaType;
        headers.CacheControl = ttl is { } seconds ? MaxAge(seconds) : NoStore;
        if (varies) headers.Vary = VaryAccept;
    }

    private static StringValues MaxAge(uint seconds) =>
        seconds < MaxAges.Length ? MaxAges[seconds] ??= Text(seconds) : Text(seconds);

    private static string Text(uint seconds) => string.Create(CultureInfo.InvariantCulture, $"max-age={seconds}");
}
