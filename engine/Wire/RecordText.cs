using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace KubeDoH.Engine.Wire;

/// <summary>
/// RDATA in presentation form, as zone files and dig have it. A type without a <see cref="RecordFormat"/> has the form of RFC 3597 5,
/// <c>\# 4 0a000001</c>, which is read for every type.
/// </summary>
public static class RecordText
{
    /// <summary>
    /// Reads the text of one record into uncompressed RDATA. Names are absolute, the trailing dot optional, and become lower case.
    /// </summary>
    /// <param name="error">A short sentence that names the field, such as "the preference must be a number from 0 to 65535".</param>
    public static bool TryRead(RecordType type, ReadOnlySpan<char> text, out byte[] data, [NotNullWhen(false)] out string? error) =>
        TryRead(type, text, null, out data, out error);

    /// <summary>The same in a zone file, where names without a last dot lie below <paramref name="origin"/>.</summary>
    internal static bool TryRead(
        RecordType type, ReadOnlySpan<char> text, ZoneOrigin? origin, out byte[] data, [NotNullWhen(false)] out string? error)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ushort.MaxValue);
        try
        {
            var reader = new RecordTextReader(text, buffer.AsSpan(0, ushort.MaxValue), origin);
            error = reader.Read(type);
            data = error is null ? reader.Data.ToArray() : [];
            return error is null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Writes uncompressed RDATA as ASCII text; false when <paramref name="utf8"/> is too small. Data that does not fit its type
    /// is written in the form of RFC 3597.
    /// </summary>
    public static bool TryWrite(RecordType type, ReadOnlySpan<byte> data, Span<byte> utf8, out int written)
    {
        var text = new AsciiWriter(utf8);
        if (RecordFormat.Of(type) is { } format && RecordData.IsValid(type, data)) WriteFields(ref text, format, data);
        else WriteOctets(ref text, data);
        written = text.Overflowed ? 0 : text.Length;
        return !text.Overflowed;
    }

    /// <summary>The same as a string.</summary>
    public static string Write(RecordType type, ReadOnlySpan<byte> data)
    {
        for (int size = (data.Length * 4) + 64; ; size *= 2)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            bool fits = TryWrite(type, data, buffer, out int written);
            string text = fits ? Encoding.ASCII.GetString(buffer, 0, written) : "";
            ArrayPool<byte>.Shared.Return(buffer);
            if (fits) return text;
        }
    }

    /// <summary>The form of RFC 3597 5: <c>\#</c>, the length, the octets in hexadecimal.</summary>
    private static void WriteOctets(ref AsciiWriter text, ReadOnlySpan<byte> data)
    {
        text.Write("\\# "u8);
        text.WriteNumber((uint)data.Length);
        if (data.IsEmpty) return;
        text.Write(' ');
        text.WriteHex(data, upperCase: false);
    }

    private static void WriteFields(ref AsciiWriter text, RecordFormat format, ReadOnlySpan<byte> data)
    {
        foreach (RecordField field in format.Fields)
        {
            int length = field.Measure(data);
            if (text.Length > 0 && field.Kind is not (FieldKind.Params or FieldKind.Types)) text.Write(' ');
            WriteField(ref text, field.Kind, data[..length]);
            data = data[length..];
        }
    }

    private static void WriteField(ref AsciiWriter text, FieldKind kind, ReadOnlySpan<byte> octets)
    {
        switch (kind)
        {
            case FieldKind.Name:
                text.WriteName(octets);
                break;
            case FieldKind.U8 or FieldKind.U16 or FieldKind.U32 or FieldKind.Seconds:
                text.WriteNumber(ReadNumber(octets));
                break;
            case FieldKind.Time:
                text.WriteTime(ReadNumber(octets));
                break;
            case FieldKind.Mnemonic:
                text.WriteType((RecordType)ReadNumber(octets));
                break;
            case FieldKind.Ipv4:
                AddressText.WriteIpv4(ref text, octets);
                break;
            case FieldKind.Ipv6:
                AddressText.WriteIpv6(ref text, octets);
                break;
            case FieldKind.Tag:
                text.Write(octets[1..]);
                break;
            case FieldKind.CharString or FieldKind.Strings:
                WriteStrings(ref text, octets);
                break;
            case FieldKind.Text:
                StringText.Write(ref text, octets);
                break;
            case FieldKind.Hex:
                text.WriteHex(octets, upperCase: true);
                break;
            case FieldKind.Base64:
                text.WriteBase64(octets);
                break;
            case FieldKind.Salt when octets.Length == 1:
                text.Write('-');
                break;
            case FieldKind.Salt:
                text.WriteHex(octets[1..], upperCase: true);
                break;
            case FieldKind.Hash:
                Base32Text.Write(ref text, octets[1..]);
                break;
            case FieldKind.Types:
                TypeBitmap.WriteText(ref text, octets);
                break;
            case FieldKind.Params:
                SvcParamsText.Write(ref text, octets);
                break;
        }
    }

    private static void WriteStrings(ref AsciiWriter text, ReadOnlySpan<byte> octets)
    {
        for (bool first = true; !octets.IsEmpty; first = false)
        {
            if (!first) text.Write(' ');
            StringText.Write(ref text, octets.Slice(1, octets[0]));
            octets = octets[(octets[0] + 1)..];
        }
    }

    private static uint ReadNumber(ReadOnlySpan<byte> octets)
    {
        uint number = 0;
        foreach (byte octet in octets) number = (number << 8) | octet;
        return number;
    }
}
