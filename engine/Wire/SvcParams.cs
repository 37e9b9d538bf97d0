using System.Buffers.Binary;

namespace KubeDoH.Engine.Wire;

/// <summary>Keys of service parameters (RFC 9460 14.3.2, RFC 9461 5); every other 16-bit value is <c>keyNNNNN</c>.</summary>
internal enum SvcParamKey : ushort
{
    Mandatory = 0,
    Alpn = 1,
    NoDefaultAlpn = 2,
    Port = 3,
    Ipv4Hint = 4,
    Ech = 5,
    Ipv6Hint = 6,
    DohPath = 7,
}

/// <summary>Service parameters on the wire: key, length, value, in ascending order of keys (RFC 9460 2.2).</summary>
internal ref struct SvcParams(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Reads the next parameter; false at the end, and when what is left is cut short.</summary>
    public bool TryNext(out SvcParamKey key, out ReadOnlySpan<byte> value)
    {
        key = default;
        value = default;
        if (_rest.Length < 4) return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (_rest.Length - 4 < length) return false;
        key = (SvcParamKey)BinaryPrimitives.ReadUInt16BigEndian(_rest);
        value = _rest.Slice(4, length);
        _rest = _rest[(4 + length)..];
        return true;
    }

    /// <summary>What is wrong with the parameters of a service-mode record; null when nothing is.</summary>
    public static string? FindFault(ReadOnlySpan<byte> data)
    {
        int last = -1;
        bool hasAlpn = false, hasNoDefault = false;
        var parameters = new SvcParams(data);
        while (parameters.TryNext(out SvcParamKey key, out ReadOnlySpan<byte> value))
        {
            if ((int)key <= last) return "a parameter must not come twice, and keys ascend";
            last = (int)key;
            hasAlpn |= key == SvcParamKey.Alpn;
            hasNoDefault |= key == SvcParamKey.NoDefaultAlpn;
            if (FindFault(key, value) is { } fault) return fault;
            if (key == SvcParamKey.Mandatory && !AreKeysIn(data, value)) return "a key named by mandatory is not among the parameters";
        }

        if (!parameters.AtEnd) return "a parameter is cut short";
        return hasNoDefault && !hasAlpn ? "no-default-alpn needs alpn beside it" : null;
    }

    private static string? FindFault(SvcParamKey key, ReadOnlySpan<byte> value) => key switch
    {
        SvcParamKey.Mandatory when !AreAscendingKeys(value) => "mandatory must list other keys, each once",
        SvcParamKey.Alpn when !AreProtocols(value) => "alpn must list protocols of 1 to 255 octets",
        SvcParamKey.NoDefaultAlpn when !value.IsEmpty => "no-default-alpn takes no value",
        SvcParamKey.Port when value.Length != 2 => "port must be a number from 0 to 65535",
        SvcParamKey.Ipv4Hint when value.IsEmpty || value.Length % 4 != 0 => "ipv4hint must list IPv4 addresses",
        SvcParamKey.Ipv6Hint when value.IsEmpty || value.Length % 16 != 0 => "ipv6hint must list IPv6 addresses",
        SvcParamKey.Ech when value.IsEmpty => "ech must be base64",
        SvcParamKey.DohPath when value.IsEmpty => "dohpath must be a URI template",
        _ => null,
    };

    /// <summary>Not empty, strictly ascending and without key 0, mandatory itself (RFC 9460 8).</summary>
    private static bool AreAscendingKeys(ReadOnlySpan<byte> value)
    {
        int last = 0;
        for (; value.Length >= 2; value = value[2..])
        {
            int key = BinaryPrimitives.ReadUInt16BigEndian(value);
            if (key <= last) return false;
            last = key;
        }

        return last > 0 && value.IsEmpty;
    }

    /// <summary>True when every one of the ascending <paramref name="keys"/> is among the ascending parameters.</summary>
    private static bool AreKeysIn(ReadOnlySpan<byte> data, ReadOnlySpan<byte> keys)
    {
        var parameters = new SvcParams(data);
        while (!keys.IsEmpty && parameters.TryNext(out SvcParamKey key, out _))
            if (BinaryPrimitives.ReadUInt16BigEndian(keys) == (ushort)key) keys = keys[2..];
        return keys.IsEmpty;
    }

    private static bool AreProtocols(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return false;
        while (!value.IsEmpty)
        {
            if (value[0] == 0 || value[0] >= value.Length) return false;
            value = value[(value[0] + 1)..];
        }

        return true;
    }
}
