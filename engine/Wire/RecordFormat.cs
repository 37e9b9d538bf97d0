using System.Collections.Frozen;
using static KubeDoH.Engine.Wire.FieldKind;

namespace KubeDoH.Engine.Wire;

/// <summary>How one field of RDATA lies on the wire and looks in text. Kinds from <see cref="Strings"/> on take all that is left.</summary>
internal enum FieldKind : byte
{
    /// <summary>A domain name.</summary>
    Name,
    U8,
    U16,
    U32,

    /// <summary>32 bits of seconds, in text also with units: 1h30m.</summary>
    Seconds,

    /// <summary>32 bits of seconds since 1970, in text YYYYMMDDHHmmSS (RFC 4034 3.2).</summary>
    Time,

    /// <summary>A record type, in text its mnemonic.</summary>
    Mnemonic,
    Ipv4,
    Ipv6,

    /// <summary>A character-string: an octet of length and that many octets (RFC 1035 3.3).</summary>
    CharString,

    /// <summary>A character-string of ASCII letters and digits, never quoted (RFC 8659 4.1).</summary>
    Tag,

    /// <summary>An octet of length and that many octets, in text hexadecimal, or <c>-</c> for none (RFC 5155 3.3).</summary>
    Salt,

    /// <summary>An octet of length and one octet or more, in text base32 with the extended hex alphabet (RFC 5155 3.3).</summary>
    Hash,

    /// <summary>One or more character-strings.</summary>
    Strings,

    /// <summary>Octets without a length, in text one quoted string.</summary>
    Text,
    Hex,
    Base64,

    /// <summary>Service parameters (RFC 9460 2.2).</summary>
    Params,

    /// <summary>Record types as a bitmap in windows (RFC 4034 4.1.2), in text their mnemonics; there may be none.</summary>
    Types,
}

/// <summary>A field of RDATA; errors call it by its name.</summary>
internal readonly record struct RecordField(FieldKind Kind, string Name)
{
    /// <summary>
    /// The octets that the field takes at the start of uncompressed <paramref name="data"/>; -1 when it does not fit there.
    /// </summary>
    public int Measure(ReadOnlySpan<byte> data)
    {
        int length = Kind switch
        {
            FieldKind.Name => WireName.Measure(data),
            U8 => 1,
            U16 or Mnemonic => 2,
            U32 or Seconds or Time or Ipv4 => 4,
            Ipv6 => 16,
            CharString or Tag or Salt or FieldKind.Hash => data.IsEmpty ? -1 : data[0] + 1,
            Strings => AreStrings(data) ? data.Length : -1,
            _ => data.Length,
        };
        return length <= data.Length ? length : -1;
    }

    /// <summary>True when the octets that <see cref="Measure"/> gave hold what the type's definition asks for.</summary>
    public bool IsSound(ReadOnlySpan<byte> octets) => Kind switch
    {
        Tag => octets.Length > 1 && IsTag(octets[1..]),
        Hex or Base64 => !octets.IsEmpty,
        Mnemonic => octets is not [0, 0],
        FieldKind.Hash => octets.Length > 1,
        Types => TypeBitmap.IsSound(octets),
        Params => SvcParams.FindFault(octets) is null,
        _ => true,
    };

    /// <summary>Only ASCII letters and digits (RFC 8659 4.1).</summary>
    public static bool IsTag(ReadOnlySpan<byte> octets)
    {
        foreach (byte octet in octets)
            if (!char.IsAsciiLetterOrDigit((char)octet)) return false;
        return true;
    }

    private static bool AreStrings(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return false;
        int at = 0;
        while (at < data.Length) at += data[at] + 1;
        return at == data.Length;
    }
}

/// <summary>
/// The fields of a type's RDATA. The one table behind reading and writing text, finding names to compress or to expand,
/// and telling whether data is well-formed: a type is one line.
/// </summary>
internal sealed class RecordFormat
{
    private static readonly FrozenDictionary<RecordType, RecordFormat> Known = new Dictionary<RecordType, RecordFormat>
    {
        // RFC 1035
        [RecordType.A] = WellKnown((Ipv4, "address")),
        [RecordType.NS] = WellKnown((Name, "name server")),
        [RecordType.CNAME] = WellKnown((Name, "target")),
        [RecordType.SOA] = WellKnown(
            (Name, "primary server"), (Name, "mailbox"), (U32, "serial"),
            (Seconds, "refresh"), (Seconds, "retry"), (Seconds, "expire"), (Seconds, "minimum")),
        [RecordType.MB] = WellKnown((Name, "host")),
        [RecordType.MG] = WellKnown((Name, "mailbox")),
        [RecordType.MR] = WellKnown((Name, "mailbox")),
        [RecordType.PTR] = WellKnown((Name, "target")),
        [RecordType.HINFO] = WellKnown((CharString, "CPU"), (CharString, "OS")),
        [RecordType.MINFO] = WellKnown((Name, "mailbox"), (Name, "error mailbox")),
        [RecordType.MX] = WellKnown((U16, "preference"), (Name, "exchange")),
        [RecordType.TXT] = WellKnown((Strings, "text")),

        // RFC 3596
        [RecordType.AAAA] = WellKnown((Ipv6, "address")),

        // RFC 1183, RFC 2163, RFC 2230, RFC 2782, RFC 3403, RFC 6672
        [RecordType.RP] = Newer((Name, "mailbox"), (Name, "text name")),
        [RecordType.AFSDB] = Newer((U16, "subtype"), (Name, "host")),
        [RecordType.RT] = Newer((U16, "preference"), (Name, "host")),
        [RecordType.PX] = Newer((U16, "preference"), (Name, "RFC 822 domain"), (Name, "X.400 domain")),
        [RecordType.KX] = Newer((U16, "preference"), (Name, "exchanger")),
        [RecordType.SRV] = Newer((U16, "priority"), (U16, "weight"), (U16, "port"), (Name, "target")),
        [RecordType.NAPTR] = Newer(
            (U16, "order"), (U16, "preference"), (CharString, "flags"),
            (CharString, "services"), (CharString, "regular expression"), (Name, "replacement")),
        [RecordType.DNAME] = Newer((Name, "target")),

        // RFC 4034, RFC 4255, RFC 6698, RFC 8659, RFC 9460
        [RecordType.DS] = Newer((U16, "key tag"), (U8, "algorithm"), (U8, "digest type"), (Hex, "digest")),
        [RecordType.DNSKEY] = Newer((U16, "flags"), (U8, "protocol"), (U8, "algorithm"), (Base64, "public key")),
        [RecordType.RRSIG] = Newer(
            (Mnemonic, "type covered"), (U8, "algorithm"), (U8, "label count"), (U32, "original TTL"),
            (Time, "expiration"), (Time, "inception"), (U16, "key tag"), (Name, "signer"), (Base64, "signature")),
        [RecordType.NSEC] = Newer((Name, "next name"), (Types, "types")),
        [RecordType.SSHFP] = Newer((U8, "algorithm"), (U8, "fingerprint type"), (Hex, "fingerprint")),
        [RecordType.TLSA] = Newer((U8, "usage"), (U8, "selector"), (U8, "matching type"), (Hex, "certificate data")),
        [RecordType.SMIMEA] = Newer((U8, "usage"), (U8, "selector"), (U8, "matching type"), (Hex, "certificate data")),
        [RecordType.CAA] = Newer((U8, "flags"), (Tag, "tag"), (Text, "value")),
        [RecordType.SVCB] = Newer((U16, "priority"), (Name, "target"), (Params, "parameters")),
        [RecordType.HTTPS] = Newer((U16, "priority"), (Name, "target"), (Params, "parameters")),

        // RFC 4398, RFC 4701, RFC 5155, RFC 7344, RFC 7477, RFC 7553, RFC 7929, RFC 8976
        [RecordType.CERT] = Newer((U16, "type"), (U16, "key tag"), (U8, "algorithm"), (Base64, "certificate")),
        [RecordType.DHCID] = Newer((Base64, "identifier")),
        [RecordType.NSEC3] = Newer(
            (U8, "hash algorithm"), (U8, "flags"), (U16, "iterations"), (Salt, "salt"), (FieldKind.Hash, "next hashed name"),
            (Types, "types")),
        [RecordType.NSEC3PARAM] = Newer((U8, "hash algorithm"), (U8, "flags"), (U16, "iterations"), (Salt, "salt")),
        [RecordType.CDS] = Newer((U16, "key tag"), (U8, "algorithm"), (U8, "digest type"), (Hex, "digest")),
        [RecordType.CDNSKEY] = Newer((U16, "flags"), (U8, "protocol"), (U8, "algorithm"), (Base64, "public key")),
        [RecordType.CSYNC] = Newer((U32, "serial"), (U16, "flags"), (Types, "types")),
        [RecordType.URI] = Newer((U16, "priority"), (U16, "weight"), (Text, "target")),
        [RecordType.OPENPGPKEY] = Newer((Base64, "public key")),
        [RecordType.ZONEMD] = Newer((U32, "serial"), (U8, "scheme"), (U8, "hash algorithm"), (Hex, "digest")),
    }.ToFrozenDictionary();

    private RecordFormat(bool wellKnown, (FieldKind Kind, string Name)[] fields)
    {
        IsWellKnown = wellKnown;
        Fields = [.. fields.Select(field => new RecordField(field.Kind, field.Name))];
        HasNames = fields.Any(field => field.Kind == Name);
    }

    public RecordField[] Fields { get; }

    public bool HasNames { get; }

    /// <summary>
    /// A type of RFC 1035, or AAAA: every resolver reads its data, so that its names are compressed when sent (RFC 3597 4).
    /// </summary>
    public bool IsWellKnown { get; }

    /// <summary>The format of <paramref name="type"/>; null for a type whose data is only octets (RFC 3597).</summary>
    public static RecordFormat? Of(RecordType type) => Known.GetValueOrDefault(type);

    private static RecordFormat WellKnown(params (FieldKind, string)[] fields) => new(wellKnown: true, fields);

    private static RecordFormat Newer(params (FieldKind, string)[] fields) => new(wellKnown: false, fields);
}
