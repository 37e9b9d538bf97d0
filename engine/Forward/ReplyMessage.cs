using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward;

/// <summary>An upstream's reply, read whole: every record was checked to its last octet, those of other classes and OPT left out.</summary>
internal sealed class ReplyMessage
{
    /// <summary>A stranger's sentence is cut here, in octets.</summary>
    private const int MaxErrorText = 200;

    private readonly List<ReplyRecord> _records = [];
    private bool _hasOpt;

    private ReplyMessage(MessageHeader header)
    {
        Header = header;
        Rcode = header.Rcode;
    }

    public MessageHeader Header { get; }

    /// <summary>With the upper bits that the OPT record holds (RFC 6891 6.1.3).</summary>
    public Rcode Rcode { get; private set; }

    public ExtendedError? Error { get; private set; }

    /// <summary>The options that are meant for the client, as they came.</summary>
    public byte[] Options { get; private set; } = [];

    public List<ReplyRecord> Records => _records;

    /// <summary>
    /// A server that does not recurse points elsewhere (RFC 1034 4.3.1): no answer, and no SOA that would make it a NODATA (RFC 2308 2.2).
    /// </summary>
    public bool IsReferral =>
        Rcode == Rcode.NoError && Header.AnswerCount == 0
        && !Header.Has(MessageHeader.RecursionAvailable) && !Header.Has(MessageHeader.Authoritative)
        && _records.Exists(record => record is { Section: Section.Authority, Type: RecordType.NS })
        && !_records.Exists(record => record is { Section: Section.Authority, Type: RecordType.SOA });

    public static WireError TryRead(ReadOnlySpan<byte> message, UpstreamQuestion question, [NotNullWhen(true)] out ReplyMessage? reply)
    {
        reply = null;
        if (message.Length < MessageHeader.Size) return WireError.TooShort;
        var header = MessageHeader.Read(message);
        if (!question.IsAnsweredBy(message, out int records)) return WireError.BadCounts;
        if (header.Has(MessageHeader.Truncated)) return WireError.Truncated;

        reply = new ReplyMessage(header);
        WireError error = reply.ReadRecords(message, records);
        if (error != WireError.None) reply = null;
        return error;
    }

    private WireError ReadRecords(ReadOnlySpan<byte> message, int position)
    {
        byte[] data = ArrayPool<byte>.Shared.Rent(ushort.MaxValue + (2 * WireName.MaxLength));
        try
        {
            var reader = new MessageReader(message, position);
            WireError error = ReadSection(message, ref reader, Section.Answer, Header.AnswerCount, data);
            if (error == WireError.None) error = ReadSection(message, ref reader, Section.Authority, Header.AuthorityCount, data);
            if (error == WireError.None) error = ReadSection(message, ref reader, Section.Additional, Header.AdditionalCount, data);
            if (error != WireError.None) return error;
            return reader.AtEnd ? WireError.None : WireError.TrailingBytes;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(data);
        }
    }

    private WireError ReadSection(ReadOnlySpan<byte> message, ref MessageReader reader, Section section, int count, Span<byte> data)
    {
        Span<byte> owner = stackalloc byte[WireName.MaxLength];
        for (; count > 0; count--)
        {
            WireError error = reader.TryReadRecord(out WireRecord record);
            if (error != WireError.None) return error;
            error = MessageReader.ReadName(message, record.NameOffset, owner, out int ownerLength, out _);
            if (error != WireError.None) return error;
            if (record.Type == RecordType.OPT)
            {
                if (_hasOpt || section != Section.Additional || ownerLength != 1) return WireError.BadEdns;
                error = ReadOpt(message, record);
                if (error != WireError.None) return error;
                continue;
            }

            error = RecordData.TryCopy(message, record, data, out int length);
            if (error != WireError.None) return error;
            if (record.Class != RecordClass.Internet) continue;
            _records.Add(new ReplyRecord(section, DnsName.Copy(owner[..ownerLength]), record.Type, record.Ttl, data[..length].ToArray()));
        }

        return WireError.None;
    }

    private WireError ReadOpt(ReadOnlySpan<byte> message, in WireRecord record)
    {
        _hasOpt = true;
        Rcode = (Rcode)((message[record.DataOffset - 6] << 4) | (int)Header.Rcode);
        if (record.DataLength == 0) return WireError.None;
        ReadOnlySpan<byte> data = message.Slice(record.DataOffset, record.DataLength);
        Span<byte> room = stackalloc byte[EdnsOptions.MostTravelling];
        if (!EdnsOptions.TryCopyTravelling(data, room, out int travelling)) return WireError.BadEdns;
        if (travelling > 0) Options = room[..travelling].ToArray();
        var options = new EdnsOptions(data);
        while (options.MoveNext())
            if (options is { Code: EdnsOption.ExtendedError, Data.Length: >= 2 }) Error ??= ReadExtendedError(options.Data);
        return WireError.None;
    }

    private static ExtendedError ReadExtendedError(ReadOnlySpan<byte> option)
    {
        ReadOnlySpan<byte> text = option[2..].TrimEnd((byte)0);
        if (text.Length > MaxErrorText) text = text[..MaxErrorText];
        return new ExtendedError((ExtendedErrorCode)((option[0] << 8) | option[1]), Encoding.UTF8.GetString(text));
    }
}
