using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Doh;

/// <summary>
/// The JSON shape of Google and Cloudflare:
/// <c>{"Status":0,"TC":false,"RD":true,"RA":true,"AD":false,"CD":false,"Question":[{"name":"a.example.","type":1}],
/// "Answer":[{"name":"a.example.","type":1,"TTL":30,"data":"192.0.2.1"}],"Authority":[...],"Additional":[...],"Comment":"..."}</c>;
/// an empty section is left out. Several types in one call give one question each and the records of all, each once.
/// <c>Status</c> is then the first failure (neither NOERROR nor NXDOMAIN), so that what is missing does not look complete; else
/// NOERROR when any type has it, else NXDOMAIN.
/// </summary>
internal sealed class DnsJson : IDisposable
{
    /// <summary>Octets of the longest name as text: four for every octet.</summary>
    private const int NameRoom = 4 * WireName.MaxLength;

    /// <summary>A larger buffer is not kept for the next reply.</summary>
    private const int MaxKept = 64 * 1024;

    /// <summary>Quotes as \" rather than \u0022: the text is no HTML.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static DnsJson? s_spare;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;

    private DnsJson() => _json = new Utf8JsonWriter(_buffer, Options);

    /// <summary>The document; valid until the next one is written on this thread.</summary>
    public static ReadOnlySpan<byte> Write(Query query, ReadOnlySpan<TypedAnswer> answers)
    {
        DnsJson document = s_spare ?? new DnsJson();
        s_spare = null;
        document._buffer.ResetWrittenCount();
        document._json.Reset();
        document.WriteDocument(query, answers);
        document._json.Flush();
        if (document._buffer.Capacity <= MaxKept) s_spare = document;
        else document.Dispose();
        return document._buffer.WrittenSpan;
    }

    public void Dispose() => _json.Dispose();

    private void WriteDocument(Query query, ReadOnlySpan<TypedAnswer> answers)
    {
        bool truncated = false, authentic = true;
        foreach (TypedAnswer typed in answers)
        {
            truncated |= typed.Answer.Truncated;
            authentic &= typed.Answer.AuthenticData;
        }

        _json.WriteStartObject();
        _json.WriteNumber("Status"u8, (int)StatusOf(answers));
        _json.WriteBoolean("TC"u8, truncated);
        _json.WriteBoolean("RD"u8, query.RecursionDesired);
        _json.WriteBoolean("RA"u8, true);
        _json.WriteBoolean("AD"u8, authentic);
        _json.WriteBoolean("CD"u8, query.CheckingDisabled);
        _json.WriteStartArray("Question"u8);
        foreach (TypedAnswer typed in answers)
        {
            WriteNameAndType(query.NameAsAsked, typed.Type);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        WriteSection("Answer"u8, Section.Answer, query, answers);
        WriteSection("Authority"u8, Section.Authority, query, answers);
        WriteSection("Additional"u8, Section.Additional, query, answers);
        WriteComment(answers);
        _json.WriteEndObject();
    }

    private static Rcode StatusOf(ReadOnlySpan<TypedAnswer> answers)
    {
        Rcode status = Rcode.NxDomain;
        foreach (TypedAnswer typed in answers)
        {
            if (typed.Answer.Rcode is not (Rcode.NoError or Rcode.NxDomain)) return typed.Answer.Rcode;
            if (typed.Answer.Rcode == Rcode.NoError) status = Rcode.NoError;
        }

        return status;
    }

    private void WriteSection(ReadOnlySpan<byte> name, Section section, Query query, ReadOnlySpan<TypedAnswer> answers)
    {
        HashSet<string>? seen = answers.Length > 1 ? [] : null;
        bool open = false;
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        foreach (TypedAnswer typed in answers)
        {
            if (CountOf(typed.Answer, section) == 0) continue;
            AnswerRecords records = typed.Answer.ReadRecords(query.NameAsAsked, room);
            while (records.MoveNext())
            {
                if (records.Section != section || seen?.Add(Identity(records)) == false) continue;
                if (!open) _json.WriteStartArray(name);
                open = true;
                WriteRecord(records);
            }
        }

        if (open) _json.WriteEndArray();
    }

    private static int CountOf(Answer answer, Section section) => section switch
    {
        Section.Answer => answer.AnswerCount,
        Section.Authority => answer.AuthorityCount,
        _ => answer.AdditionalCount,
    };

    /// <summary>What makes two records the same one (RFC 2181 5).</summary>
    private static string Identity(in AnswerRecords records) =>
        $"{Convert.ToHexString(records.Owner)} {(int)records.Type} {Convert.ToHexString(records.Data)}";

    private void WriteRecord(in AnswerRecords record)
    {
        WriteNameAndType(record.Owner, record.Type);
        _json.WriteNumber("TTL"u8, record.Ttl);
        WriteData(record.Type, record.Data);
        _json.WriteEndObject();
    }

    private void WriteNameAndType(ReadOnlySpan<byte> name, RecordType type)
    {
        Span<byte> text = stackalloc byte[NameRoom];
        NameText.TryWrite(name, text, out int length);
        _json.WriteStartObject();
        _json.WriteString("name"u8, text[..length]);
        _json.WriteNumber("type"u8, (int)type);
    }

    private void WriteData(RecordType type, ReadOnlySpan<byte> data)
    {
        Span<byte> text = stackalloc byte[NameRoom];
        if (RecordText.TryWrite(type, data, text, out int length))
        {
            _json.WriteString("data"u8, text[..length]);
            return;
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(LongestText(data.Length));
        RecordText.TryWrite(type, data, rented, out length);
        _json.WriteString("data"u8, rented.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Every octet as an escape, a quote or blank between any two, and the words in front of generic data.</summary>
    private static int LongestText(int octets) => (8 * octets) + 64;

    /// <summary>Who answered, and why it is so where the answer says (RFC 8914).</summary>
    private void WriteComment(ReadOnlySpan<TypedAnswer> answers)
    {
        string? comment = null;
        foreach (TypedAnswer typed in answers)
        {
            string one = Comments.For(typed.Answer);
            if (comment is null) comment = one;
            else if (!comment.Contains(one, StringComparison.Ordinal)) comment = $"{comment} {one}";
        }

        _json.WriteString("Comment"u8, comment);
    }
}
