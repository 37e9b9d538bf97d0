using System.Buffers.Binary;

namespace KubeDoH.Engine.Wire;

/// <summary>The options of an OPT record: code, length, data, one after the other to the end (RFC 6891 6.1.2).</summary>
/// <param name="options">The RDATA.</param>
internal ref struct EdnsOptions(ReadOnlySpan<byte> options)
{
    /// <summary>Octets of options that travel on, at most: a message with more of them has none travel.</summary>
    public const int MostTravelling = 128;

    private const int HeaderSize = 4;

    private ReadOnlySpan<byte> _left = options;

    public EdnsOption Code { get; private set; }

    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>True when every octet has been read: what is left over is no option.</summary>
    public readonly bool AtEnd => _left.IsEmpty;

    /// <summary>Reads the next; false at the end, and where an option is cut short.</summary>
    public bool MoveNext()
    {
        if (_left.Length < HeaderSize) return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(_left[2..]);
        if (_left.Length - HeaderSize < length) return false;
        Code = (EdnsOption)BinaryPrimitives.ReadUInt16BigEndian(_left);
        Data = _left.Slice(HeaderSize, length);
        _left = _left[(HeaderSize + length)..];
        return true;
    }

    /// <summary>Copies the options that a forwarder passes on, as they came; false when the RDATA is malformed.</summary>
    /// <param name="room">At least <see cref="MostTravelling"/> octets.</param>
    /// <param name="length">Octets written.</param>
    public static bool TryCopyTravelling(ReadOnlySpan<byte> options, Span<byte> room, out int length)
    {
        length = 0;
        bool fits = true;
        var reader = new EdnsOptions(options);
        for (ReadOnlySpan<byte> rest = options; reader.MoveNext(); rest = reader._left)
        {
            if (!Travels(reader.Code)) continue;
            int size = HeaderSize + reader.Data.Length;
            fits &= length + size <= MostTravelling;
            if (!fits) continue;
            rest[..size].CopyTo(room[length..]);
            length += size;
        }

        if (!fits) length = 0;
        return reader.AtEnd;
    }

    /// <summary>
    /// False for what only two neighbours say to each other: a server's identity, a cookie, how long a connection stays open, padding
    /// and the like; and for the extended error, which has a way of its own.
    /// </summary>
    private static bool Travels(EdnsOption code) => code is not (
        EdnsOption.LongLivedQuery or EdnsOption.UpdateLease or EdnsOption.NameServerId or EdnsOption.Expire or EdnsOption.Cookie
        or EdnsOption.TcpKeepalive or EdnsOption.Padding or EdnsOption.Chain or EdnsOption.ExtendedError or EdnsOption.ClientTag
        or EdnsOption.ServerTag or EdnsOption.ReportChannel or EdnsOption.ZoneVersion);
}

/// <summary>Codes of options that are not for whoever answers in the end, but for the next hop.</summary>
internal enum EdnsOption : ushort
{
    /// <summary>RFC 8764.</summary>
    LongLivedQuery = 1,

    /// <summary>RFC 9664.</summary>
    UpdateLease = 2,

    /// <summary>NSID (RFC 5001).</summary>
    NameServerId = 3,

    /// <summary>RFC 7314.</summary>
    Expire = 9,

    /// <summary>RFC 7873.</summary>
    Cookie = 10,

    /// <summary>RFC 7828.</summary>
    TcpKeepalive = 11,

    /// <summary>RFC 7830.</summary>
    Padding = 12,

    /// <summary>RFC 7901.</summary>
    Chain = 13,

    /// <summary>RFC 8914.</summary>
    ExtendedError = 15,

    /// <summary>draft-bellis-dnsop-edns-tags.</summary>
    ClientTag = 16,

    /// <summary>draft-bellis-dnsop-edns-tags.</summary>
    ServerTag = 17,

    /// <summary>RFC 9567.</summary>
    ReportChannel = 18,

    /// <summary>RFC 9660.</summary>
    ZoneVersion = 19,
}
