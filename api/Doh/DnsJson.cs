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
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static DnsJson? s_spare;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;

    /// <summary>Scratch space that is not cleared for each record, as the stack is.</summary>
    private readonly byte[] _text = new byte[NameRoom], _room = new byte[AnswerRecords.Room];

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
        _json.WriteNumber(Key.Status, (int)StatusOf(answers));
        _json.WriteBoolean(Key.Truncated, truncated);
        _json.WriteBoolean(Key.RecursionDesired, query.RecursionDesired);
        _json.WriteBoolean(Key.RecursionAvailable, true);
        _json.WriteBoolean(Key.AuthenticData, authentic);
        _json.WriteBoolean(Key.CheckingDisabled, query.CheckingDisabled);
        _json.WriteStartArray(Key.Question);
        foreach (TypedAnswer typed in answers)
        {
            WriteNameAndType(query.NameAsAsked, typed.Type);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        WriteSection(Key.Answer, Section.Answer, query, answers);
        WriteSection(Key.Authority, Section.Authority, query, answers);
        WriteSection(Key.Additional, Section.Additional, query, answers);
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

    private void WriteSection(JsonEncodedText name, Section section, Query query, ReadOnlySpan<TypedAnswer> answers)
    {
        HashSet<string>? seen = answers.Length > 1 ? [] : null;
        bool open = false;
        foreach (TypedAnswer typed in answers)
        {
            if (CountOf(typed.Answer, section) == 0) continue;
            AnswerRecords records = typed.Answer.ReadRecords(query.NameAsAsked, _room);
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
        _json.WriteNumber(Key.Ttl, record.Ttl);
        WriteData(record.Type, record.Data);
        _json.WriteEndObject();
    }

    private void WriteNameAndType(ReadOnlySpan<byte> name, RecordType type)
    {
        NameText.TryWrite(name, _text, out int length);
        _json.WriteStartObject();
        _json.WriteString(Key.Name, _text.AsSpan(0, length));
        _json.WriteNumber(Key.Type, (int)type);
    }

    private void WriteData(RecordType type, ReadOnlySpan<byte> data)
    {
        if (RecordText.TryWrite(type, data, _text, out int length))
        {
            _json.WriteString(Key.Data, _text.AsSpan(0, length));
            return;
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(LongestText(data.Length));
        RecordText.TryWrite(type, data, rented, out length);
        _json.WriteString(Key.Data, rented.AsSpan(0, length));
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

        _json.WriteString(Key.Comment, comment);
    }

    /// <summary>The members' names, made ready once.</summary>
    private static class Key
    {
        public static readonly JsonEncodedText Status = JsonEncodedText.Encode("Status");
        public static readonly JsonEncodedText Truncated = JsonEncodedText.Encode("TC");
        public static readonly JsonEncodedText RecursionDesired = JsonEncodedText.Encode("RD");
        public static readonly JsonEncodedText RecursionAvailable = JsonEncodedText.Encode("RA");
        public static readonly JsonEncodedText AuthenticData = JsonEncodedText.Encode("AD");
        public static readonly JsonEncodedText CheckingDisabled = JsonEncodedText.Encode("CD");
        public static readonly JsonEncodedText Question = JsonEncodedText.Encode("Question");
        public static readonly JsonEncodedText Answer = JsonEncodedText.Encode("Answer");
        public static readonly JsonEncodedText Authority = JsonEncodedText.Encode("Authority");
        public static readonly JsonEncodedText Additional = JsonEncodedText.Encode("Additional");
        public static readonly JsonEncodedText Name = JsonEncodedText.Encode("name");
        public static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
        public static readonly JsonEncodedText Ttl = JsonEncodedText.Encode("TTL");
        public static readonly JsonEncodedText Data = JsonEncodedText.Encode("data");
        public static readonly JsonEncodedText Comment = JsonEncodedText.Encode("Comment");
    }
}
