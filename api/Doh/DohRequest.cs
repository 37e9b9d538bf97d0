using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Doh;

/// <summary>
/// HTTP to <see cref="Query"/> (RFC 8484 4.1): what was asked stands in the query that the caller gives, what else matters here.
/// </summary>
internal readonly struct DohRequest
{
    /// <summary>Octets of the longest DNS message (RFC 8484 6).</summary>
    public const int MaxMessage = 65535;

    /// <summary>Octets of the longest request target that is read.</summary>
    public const int MaxTarget = 16 * 1024;

    /// <summary>Room on the stack for a message in a GET, as most questions have: it is cleared for each.</summary>
    private const int SmallMessage = 256;

    /// <summary>Null when the query may be asked.</summary>
    public DohRefusal? Refusal { get; private init; }

    /// <summary>A code other than NOERROR when the message is only worth its own header with that code (RFC 1035 4.1.1).</summary>
    public Rcode HeaderRcode { get; private init; }

    /// <summary>The flags of such a message.</summary>
    public ushort HeaderFlags { get; private init; }

    public DohFormat Format { get; private init; }

    /// <summary>Every type asked for, when they are more than one.</summary>
    public RecordType[]? Types { get; private init; }

    /// <summary>The question came as <c>name=</c>, where Accept chooses between formats.</summary>
    public bool IsNamed { get; private init; }

    /// <summary>The name was written with a trailing dot: no search list applies.</summary>
    public bool Absolute { get; private init; }

    public static implicit operator DohRequest(DohRefusal refusal) => new() { Refusal = refusal };

    /// <summary>Reads the question of a GET or HEAD.</summary>
    public static DohRequest Read(HttpRequest request, in DohParameters parameters, Query query, bool jsonOnly)
    {
        bool hasDns = parameters.Has(DohParameter.Dns) && !jsonOnly;
        if (hasDns && parameters.Has(DohParameter.Name)) return DohRefusal.Parameter("name", "dns= and name= are two questions");
        if (hasDns) return ReadMessage(parameters[DohParameter.Dns], query);
        if (parameters.Has(DohParameter.Name)) return NamedQuestion.Read(request, parameters, query);
        return DohRefusal.NoQuestion(jsonOnly ? "The parameter name= is missing." : "One of the parameters dns= and name= is needed.");
    }

    /// <summary>A question in JSON's parameters.</summary>
    public static DohRequest Named(DohFormat format, RecordType[]? types, bool absolute) =>
        new() { IsNamed = true, Format = format, Types = types, Absolute = absolute };

    /// <summary>Why the body of a POST is not read at all; null where it is.</summary>
    public static DohRefusal? RefuseBody(IHeaderDictionary headers)
    {
        if (!IsDnsMessage(headers.ContentType)) return DohRefusal.MediaType();
        if (headers.ContentEncoding.Count > 0) return DohRefusal.Compressed();
        return headers.ContentLength > MaxMessage ? DohRefusal.BodyTooLarge() : null;
    }

    /// <summary>Reads the message that a POST carries from what has come of it; false when more has to come.</summary>
    public static bool TryReadBody(PipeReader body, in ReadResult read, Query query, out DohRequest request)
    {
        ReadOnlySequence<byte> bytes = read.Buffer;
        bool tooLarge = bytes.Length > MaxMessage, whole = tooLarge || read.IsCompleted;
        request = tooLarge ? DohRefusal.BodyTooLarge() : whole ? ParseSequence(bytes, query) : default;
        body.AdvanceTo(whole ? bytes.End : bytes.Start, bytes.End);
        return whole;
    }

    /// <summary>Parameters behind the media type are nobody's business.</summary>
    private static bool IsDnsMessage(string? contentType)
    {
        if (contentType == DohReply.WireMediaType) return true;
        ReadOnlySpan<char> text = contentType;
        int end = text.IndexOf(';');
        return (end < 0 ? text : text[..end]).Trim().Equals(DohReply.WireMediaType, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Base64url (RFC 4648 5), padded or not: RFC 8484 4.1 has it without, some clients send it.</summary>
    public static DohRequest ReadMessage(ReadOnlySpan<char> text, Query query)
    {
        text = text.TrimEnd('=');
        int room = Base64Url.GetMaxDecodedLength(text.Length);
        byte[]? rented = room > SmallMessage ? ArrayPool<byte>.Shared.Rent(room) : null;
        Span<byte> message = rented ?? stackalloc byte[SmallMessage];
        bool valid = Base64Url.DecodeFromChars(text, message, out _, out int length) == OperationStatus.Done
            && IsWhole(text.Length, length);
        DohRequest request = valid
            ? Parse(message[..length], query)
            : DohRefusal.Parameter("dns", "not a DNS message in base64url (RFC 4648 5)");
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return request;
    }

    /// <summary>
    /// False for nothing at all, and where the decoder left something out: it skips white space, which has no place in a query.
    /// </summary>
    private static bool IsWhole(int letters, int octets) => octets > 0 && letters % 4 != 1 && octets == letters * 3 / 4;

    private static DohRequest ParseSequence(in ReadOnlySequence<byte> bytes, Query query)
    {
        if (bytes.IsSingleSegment) return Parse(bytes.FirstSpan, query);
        byte[] rented = ArrayPool<byte>.Shared.Rent((int)bytes.Length);
        bytes.CopyTo(rented);
        DohRequest request = Parse(rented.AsSpan(0, (int)bytes.Length), query);
        ArrayPool<byte>.Shared.Return(rented);
        return request;
    }

    /// <summary>What a DNS server would answer by an error code is answered so; what is no question at all is an HTTP error.</summary>
    private static DohRequest Parse(ReadOnlySpan<byte> message, Query query)
    {
        WireError error = query.TryParse(message);
        return error switch
        {
            WireError.None => default(DohRequest),
            WireError.BadCounts or WireError.BadEdns =>
                new DohRequest { HeaderRcode = Rcode.FormErr, HeaderFlags = MessageHeader.Read(message).Flags },
            WireError.UnsupportedOpcode => new DohRequest { HeaderRcode = Rcode.NotImp, HeaderFlags = MessageHeader.Read(message).Flags },
            _ => DohRefusal.Message(error),
        };
    }
}
