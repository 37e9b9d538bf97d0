using System.Globalization;

namespace KubeDoH.Engine.Wire;

/// <summary>TYPE and QTYPE values that the project names; every other 16-bit value is valid too (RFC 3597).</summary>
public enum RecordType : ushort
{
    A = 1,
    NS = 2,
    CNAME = 5,
    SOA = 6,
    MB = 7,
    MG = 8,
    MR = 9,
    PTR = 12,
    HINFO = 13,
    MINFO = 14,
    MX = 15,
    TXT = 16,
    RP = 17,
    AFSDB = 18,
    RT = 21,
    PX = 26,
    AAAA = 28,
    SRV = 33,
    NAPTR = 35,
    KX = 36,
    CERT = 37,
    DNAME = 39,
    OPT = 41,
    DS = 43,
    SSHFP = 44,
    RRSIG = 46,
    NSEC = 47,
    DNSKEY = 48,
    DHCID = 49,
    NSEC3 = 50,
    NSEC3PARAM = 51,
    TLSA = 52,
    SMIMEA = 53,
    CDS = 59,
    CDNSKEY = 60,
    OPENPGPKEY = 61,
    CSYNC = 62,
    ZONEMD = 63,
    SVCB = 64,
    HTTPS = 65,
    TKEY = 249,
    TSIG = 250,
    IXFR = 251,
    AXFR = 252,
    MAILB = 253,
    MAILA = 254,
    ANY = 255,
    URI = 256,
    CAA = 257,
}

/// <summary>Mnemonics of record types.</summary>
public static class RecordTypeText
{
    /// <summary>The mnemonic, or <c>TYPE65280</c> for a type without one (RFC 3597 5).</summary>
    public static string Write(RecordType type) =>
        Enum.GetName(type) ?? string.Create(CultureInfo.InvariantCulture, $"TYPE{(ushort)type}");

    /// <summary>Reads a mnemonic in any case, <c>TYPE65</c> (RFC 3597 5) or a plain number from 1 to 65535.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out RecordType type)
    {
        ReadOnlySpan<char> digits = text.StartsWith("TYPE", StringComparison.OrdinalIgnoreCase) ? text[4..] : text;
        if (ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
        {
            type = (RecordType)number;
            return number != 0;
        }

        // The parser also takes blanks, signs and lists such as "A,CNAME": only the name itself will do.
        return Enum.TryParse(text, ignoreCase: true, out type) && text.Equals(Enum.GetName(type), StringComparison.OrdinalIgnoreCase);
    }
}
