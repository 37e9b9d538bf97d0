using System.Buffers;
using System.Globalization;
using System.Text;

namespace KubeDoH.Engine.Wire;

/// <summary>Reads the words of one record's text, field by field of its type's <see cref="RecordFormat"/>, into RDATA.</summary>
/// <param name="origin">What names without a last dot lie below; null where every name is absolute.</param>
internal ref struct RecordTextReader(ReadOnlySpan<char> text, Span<byte> buffer, ZoneOrigin? origin)
{
    private TextWords _words = new(text);
    private MessageWriter _data = new(buffer, []);

    public readonly ReadOnlySpan<byte> Data => _data.Written;

    /// <summary>Reads the whole text into <see cref="Data"/>; what is wrong with it, or null.</summary>
    public string? Read(RecordType type)
    {
        RecordFormat? format = RecordFormat.Of(type);
        TextWords ahead = _words;
        string? error = ahead.TryNext(out ReadOnlySpan<char> first) && first is @"\#" ? ReadOctets(type)
            : format is null ? @"data of this type must be written as \# length hexadecimal (RFC 3597)"
            : ReadFields(format);
        if (_words.Error is not null) return _words.Error;
        return error ?? (_data.Overflowed ? "the data is longer than 65535 octets" : null);
    }

    /// <summary>The form of RFC 3597 5; for a known type the octets must be sound data of it.</summary>
    private string? ReadOctets(RecordType type)
    {
        _words.TryNext(out _);
        if (!_words.TryNext(out ReadOnlySpan<char> word) || !TryReadNumber(word, ushort.MaxValue, out uint length))
            return @"the length behind \# must be a number from 0 to 65535";
        if (!TryReadHex()) return @"the data behind \# must be hexadecimal digits, two an octet";
        if (_data.Length != length) return $@"the length behind \# is {length}, but {_data.Length} octets follow";
        return RecordData.IsValid(type, Data) ? null : $"the octets are no data of type {RecordTypeText.Write(type)}";
    }

    private string? ReadFields(RecordFormat format)
    {
        foreach (RecordField field in format.Fields)
            if (ReadField(field) is { } error) return error;
        return _words.AtEnd ? null : $"nothing may follow the {format.Fields[^1].Name}";
    }

    private string? ReadField(RecordField field)
    {
        if (field.Kind == FieldKind.Params) return ReadSvcParams(Data);
        if (field.Kind == FieldKind.Types) return ReadTypes(field);
        if (_words.AtEnd) return $"the {field.Name} is missing";
        if (field.Kind == FieldKind.Hex)
            return TryReadHex() ? null : $"the {field.Name} must be hexadecimal digits, two an octet";
        if (field.Kind == FieldKind.Base64)
            return TryReadBase64() ? null : $"the {field.Name} must be base64";

        do
        {
            if (!_words.TryNext(out ReadOnlySpan<char> word)) return _words.Error;
            if (ReadWord(field, word) is { } error) return error;
        }
        while (field.Kind == FieldKind.Strings && !_words.AtEnd);
        return null;
    }

    /// <summary>Reads a field that is one word.</summary>
    private string? ReadWord(RecordField field, ReadOnlySpan<char> word) => field.Kind switch
    {
        FieldKind.CharString or FieldKind.Strings or FieldKind.Text => ReadString(field, word),
        _ when word[0] == '"' => $"the {field.Name} must not be quoted",
        FieldKind.Name => ReadName(field, word),
        FieldKind.U8 => ReadNumber(field, word, byte.MaxValue),
        FieldKind.U16 => ReadNumber(field, word, ushort.MaxValue),
        FieldKind.U32 => ReadNumber(field, word, uint.MaxValue),
        FieldKind.Seconds => ReadSeconds(field, word),
        FieldKind.Time => ReadTime(field, word),
        FieldKind.Mnemonic => ReadType(field, word),
        FieldKind.Ipv4 or FieldKind.Ipv6 => ReadAddress(field, word),
        FieldKind.Salt or FieldKind.Hash => ReadCounted(field, word),
        _ => ReadTag(field, word),
    };

    private string? ReadName(RecordField field, ReadOnlySpan<char> word)
    {
        Span<byte> name = stackalloc byte[WireName.MaxLength];
        string? error;
        bool read = origin is null
            ? NameText.TryRead(word, name, out int length, out error)
            : origin.TryRead(word, name, out length, out error);
        if (!read) return $"the {field.Name} is no domain name: {error}";
        WireName.ToLower(name[..length], name);
        _data.WriteBytes(name[..length]);
        return null;
    }

    private string? ReadNumber(RecordField field, ReadOnlySpan<char> word, uint max)
    {
        if (!TryReadNumber(word, max, out uint number)) return $"the {field.Name} must be a number from 0 to {max}";
        if (max == byte.MaxValue) _data.WriteByte((byte)number);
        else if (max == ushort.MaxValue) _data.WriteUInt16((ushort)number);
        else _data.WriteUInt32(number);
        return null;
    }

    private string? ReadSeconds(RecordField field, ReadOnlySpan<char> word)
    {
        if (!SecondsText.TryRead(word, out uint seconds))
            return $"the {field.Name} must be seconds from 0 to 4294967295, or a time such as 1h30m";
        _data.WriteUInt32(seconds);
        return null;
    }

    private string? ReadTime(RecordField field, ReadOnlySpan<char> word)
    {
        bool isDate = DateTimeOffset.TryParseExact(
            word, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date);
        long seconds = date.ToUnixTimeSeconds();
        if (!isDate && TryReadNumber(word, uint.MaxValue, out uint number)) seconds = number;
        if (seconds is < 0 or > uint.MaxValue) return $"the {field.Name} must be a time as YYYYMMDDHHmmSS or seconds since 1970";
        _data.WriteUInt32((uint)seconds);
        return null;
    }

    private string? ReadType(RecordField field, ReadOnlySpan<char> word)
    {
        if (!RecordTypeText.TryRead(word, out RecordType type)) return $"the {field.Name} must be a record type";
        _data.WriteUInt16((ushort)type);
        return null;
    }

    private string? ReadTypes(RecordField field)
    {
        var types = new SortedSet<RecordType>();
        while (_words.TryNext(out ReadOnlySpan<char> word))
        {
            if (!RecordTypeText.TryRead(word, out RecordType type)) return $"the {field.Name} must be record types";
            types.Add(type);
        }

        TypeBitmap.Write(ref _data, types);
        return null;
    }

    /// <summary>Octets behind their length: a salt in hexadecimal, a hash in base32.</summary>
    private string? ReadCounted(RecordField field, ReadOnlySpan<char> word)
    {
        Span<byte> octets = stackalloc byte[byte.MaxValue];
        int length = 0;
        bool read = field.Kind == FieldKind.Hash
            ? Base32Text.TryRead(word, octets, out length)
            : word is "-"
            || (Convert.FromHexString(word, octets, out int digits, out length) == OperationStatus.Done && digits == word.Length);
        if (!read)
        {
            return field.Kind == FieldKind.Hash
                ? $"the {field.Name} must be base32 of 1 to 255 octets"
                : $"the {field.Name} must be hexadecimal digits of up to 255 octets, or -";
        }

        _data.WriteByte((byte)length);
        _data.WriteBytes(octets[..length]);
        return null;
    }

    private string? ReadAddress(RecordField field, ReadOnlySpan<char> word)
    {
        Span<byte> address = stackalloc byte[16];
        if (field.Kind == FieldKind.Ipv4 && !AddressText.TryReadIpv4(word, address)) return $"the {field.Name} must be an IPv4 address";
        if (field.Kind == FieldKind.Ipv6 && !AddressText.TryReadIpv6(word, address)) return $"the {field.Name} must be an IPv6 address";
        _data.WriteBytes(address[..(field.Kind == FieldKind.Ipv4 ? 4 : 16)]);
        return null;
    }

    private string? ReadString(RecordField field, ReadOnlySpan<char> word)
    {
        if (!StringText.TryRead(word, out ReadOnlySpan<byte> octets, out string? error)) return $"the {field.Name} is malformed: {error}";
        if (field.Kind != FieldKind.Text)
        {
            if (octets.Length > byte.MaxValue) return $"the {field.Name} has a string longer than 255 octets";
            _data.WriteByte((byte)octets.Length);
        }

        _data.WriteBytes(octets);
        return null;
    }

    private string? ReadTag(RecordField field, ReadOnlySpan<char> word)
    {
        Span<byte> tag = stackalloc byte[byte.MaxValue];
        if (!Encoding.ASCII.TryGetBytes(word, tag, out int length) || !RecordField.IsTag(tag[..length]))
            return $"the {field.Name} must be 1 to 255 ASCII letters and digits";
        _data.WriteByte((byte)length);
        _data.WriteBytes(tag[..length]);
        return null;
    }

    private string? ReadSvcParams(ReadOnlySpan<byte> before)
    {
        var parameters = new SortedDictionary<SvcParamKey, byte[]>();
        while (_words.TryNext(out ReadOnlySpan<char> word))
        {
            if (before is [0, 0, ..]) return "an alias (priority 0) takes no parameters";
            if (!SvcParamsText.TryRead(word, out SvcParamKey key, out byte[] value, out string? error))
                return $"a parameter is malformed: {error}";
            if (!parameters.TryAdd(key, value)) return $"the parameter {word} comes twice";
        }

        foreach ((SvcParamKey key, byte[] value) in parameters)
        {
            _data.WriteUInt16((ushort)key);
            _data.WriteUInt16((ushort)value.Length);
            _data.WriteBytes(value);
        }

        return _data.Overflowed ? null : SvcParams.FindFault(Data[before.Length..]);
    }

    private bool TryReadHex()
    {
        string digits = ReadRest();
        var octets = new byte[digits.Length / 2];
        if (Convert.FromHexString(digits, octets, out _, out int written) != OperationStatus.Done) return false;
        _data.WriteBytes(octets);
        return written * 2 == digits.Length;
    }

    private bool TryReadBase64()
    {
        string digits = ReadRest();
        var octets = new byte[digits.Length];
        if (!Convert.TryFromBase64String(digits, octets, out int written)) return false;
        _data.WriteBytes(octets.AsSpan(0, written));
        return written > 0;
    }

    /// <summary>The words that are left, joined: long digits may be written in groups.</summary>
    private string ReadRest()
    {
        var rest = new StringBuilder();
        while (_words.TryNext(out ReadOnlySpan<char> word)) rest.Append(word);
        return rest.ToString();
    }

    private static bool TryReadNumber(ReadOnlySpan<char> word, uint max, out uint number) =>
        uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= max;
}
