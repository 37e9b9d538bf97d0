using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace KubeDoH.Engine.Wire;

/// <summary>
/// Writes ASCII text into a span without allocating. When it is full <see cref="Overflowed"/> is set and the rest is dropped.
/// </summary>
internal ref struct AsciiWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public bool Overflowed { get; private set; }

    public void Write(char character)
    {
        if (Reserve(1)) _buffer[Length++] = (byte)character;
    }

    public void Write(scoped ReadOnlySpan<byte> text)
    {
        if (!Reserve(text.Length)) return;
        text.CopyTo(_buffer[Length..]);
        Length += text.Length;
    }

    public void Write(string text)
    {
        if (Reserve(text.Length)) Length += Encoding.ASCII.GetBytes(text, _buffer[Length..]);
    }

    public void WriteNumber(uint number)
    {
        bool fits = Utf8Formatter.TryFormat(number, _buffer[Length..], out int written);
        Advance(fits, written);
    }

    /// <summary>Any octet as <c>\DDD</c> (RFC 1035 5.1).</summary>
    public void WriteEscaped(byte octet)
    {
        if (!Reserve(4)) return;
        Span<byte> free = _buffer[Length..];
        free[0] = (byte)'\\';
        free[1] = (byte)('0' + octet / 100);
        free[2] = (byte)('0' + octet / 10 % 10);
        free[3] = (byte)('0' + octet % 10);
        Length += 4;
    }

    public void WriteName(ReadOnlySpan<byte> name)
    {
        bool fits = NameText.TryWrite(name, _buffer[Length..], out int written);
        Advance(fits, written);
    }

    /// <summary>The mnemonic as <see cref="RecordTypeText"/> has it.</summary>
    public void WriteType(RecordType type)
    {
        if (Enum.GetName(type) is { } name)
        {
            Write(name);
            return;
        }

        Write("TYPE"u8);
        WriteNumber((ushort)type);
    }

    public void WriteHex(ReadOnlySpan<byte> octets, bool upperCase)
    {
        ReadOnlySpan<byte> digits = upperCase ? "0123456789ABCDEF"u8 : "0123456789abcdef"u8;
        if (!Reserve(octets.Length * 2)) return;
        foreach (byte octet in octets)
        {
            _buffer[Length++] = digits[octet >> 4];
            _buffer[Length++] = digits[octet & 0xf];
        }
    }

    public void WriteBase64(ReadOnlySpan<byte> octets)
    {
        if (!Reserve(Base64.GetMaxEncodedToUtf8Length(octets.Length))) return;
        Base64.EncodeToUtf8(octets, _buffer[Length..], out _, out int written);
        Length += written;
    }

    /// <summary>Seconds since 1970 as YYYYMMDDHHmmSS (RFC 4034 3.2).</summary>
    public void WriteTime(uint seconds)
    {
        bool fits = DateTimeOffset.FromUnixTimeSeconds(seconds).TryFormat(
            _buffer[Length..], out int written, "yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        Advance(fits, written);
    }

    private void Advance(bool fits, int written)
    {
        if (fits && !Overflowed) Length += written;
        else Overflowed = true;
    }

    private bool Reserve(int count)
    {
        if (!Overflowed && _buffer.Length - Length >= count) return true;
        Overflowed = true;
        return false;
    }
}
