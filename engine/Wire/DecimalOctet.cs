using System.Buffers.Text;

namespace KubeDoH.Engine.Wire;

/// <summary>A decimal number from 0 to 255 without leading zeros, as addresses in names spell their octets.</summary>
internal static class DecimalOctet
{
    public static bool TryRead(ReadOnlySpan<byte> text, out byte octet)
    {
        octet = 0;
        if (text.IsEmpty || (text.Length > 1 && text[0] == '0')) return false;
        return Utf8Parser.TryParse(text, out octet, out int used) && used == text.Length;
    }
}
