using System.Buffers.Binary;

namespace KubeDoH.Tests.Abuse;

/// <summary>Frames of HTTP/2 (RFC 9113 4.1) and header blocks (RFC 7541), put down by hand.</summary>
internal static class Http2Frames
{
    private const byte EndStream = 1, EndHeaders = 4;

    /// <summary>How a client begins: the preface and its settings, which are the defaults.</summary>
    public static readonly byte[] Preface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, 0, 0, [])];

    /// <summary>
    /// A header block that asks for a name: the static table has GET, the scheme, and the names of the rest (RFC 7541 A).
    /// </summary>
    public static byte[] Get(Door door) => [0x82, Scheme(door), .. Literal(4, "/dns-query?name=localhost"), .. Literal(1, "localhost")];

    /// <summary>A header block that announces a DNS message.</summary>
    public static byte[] Post(Door door) =>
        [0x83, Scheme(door), .. Literal(4, "/dns-query"), .. Literal(1, "localhost"), 0x0f, 0x10, .. Text("application/dns-message")];

    public static byte[] Headers(int stream, byte[] block, bool endHeaders = true, bool endStream = false) =>
        Frame(1, (byte)((endHeaders ? EndHeaders : 0) | (endStream ? EndStream : 0)), stream, block);

    public static byte[] Continuation(int stream, byte[] block, bool endHeaders = false) =>
        Frame(9, endHeaders ? EndHeaders : (byte)0, stream, block);

    public static byte[] Data(int stream, byte[] octets) => Frame(0, 0, stream, octets);

    /// <summary>CANCEL.</summary>
    public static byte[] Reset(int stream) => Frame(3, 0, stream, [0, 0, 0, 8]);

    public static byte[] Ping() => Frame(6, 0, 0, new byte[8]);

    /// <summary>Sets SETTINGS_INITIAL_WINDOW_SIZE.</summary>
    public static byte[] WindowSetting(int octets) => Frame(4, 0, 0, [0, 4, .. Int32(octets)]);

    public static byte[] WindowUpdate(int stream, int octets) => Frame(8, 0, stream, Int32(octets));

    public static byte[] Priority(int stream) => Frame(2, 0, stream, [0, 0, 0, 0, 16]);

    public static byte[] Frame(byte type, byte flags, int stream, byte[] payload) =>
        [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, .. Int32(stream), .. payload];

    /// <summary>A field without indexing, whose name stands at a place below 15 of the table (RFC 7541 6.2.2).</summary>
    public static byte[] Literal(byte name, string value) => [name, .. Text(value)];

    /// <summary>A field of a new name that goes into the dynamic table (RFC 7541 6.2.1).</summary>
    public static byte[] Indexed(string name, string value) => [0x40, .. Text(name), .. Text(value)];

    /// <summary>A string without Huffman code (RFC 7541 5.2); its length is an integer of a 7-bit prefix (5.1).</summary>
    public static byte[] Text(string text)
    {
        byte[] octets = System.Text.Encoding.Latin1.GetBytes(text);
        if (octets.Length < 127) return [(byte)octets.Length, .. octets];
        var length = new List<byte> { 127 };
        int rest = octets.Length - 127;
        for (; rest >= 128; rest >>= 7) length.Add((byte)(rest | 128));
        return [.. length, (byte)rest, .. octets];
    }

    /// <summary>Every frame in what a server sent: its type and the payload.</summary>
    public static IEnumerable<(byte Type, byte[] Payload)> Read(byte[] received)
    {
        for (int at = 0; at + 9 <= received.Length;)
        {
            int length = received[at] << 16 | received[at + 1] << 8 | received[at + 2];
            if (at + 9 + length > received.Length) yield break;
            yield return (received[at + 3], received[(at + 9)..(at + 9 + length)]);
            at += 9 + length;
        }
    }

    private static byte Scheme(Door door) => door == Door.H2 ? (byte)0x87 : (byte)0x86;

    private static byte[] Int32(int value)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(octets, value);
        return octets;
    }
}
