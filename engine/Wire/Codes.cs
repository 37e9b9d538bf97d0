using System.Globalization;

namespace KubeDoH.Engine.Wire;

/// <summary>CLASS values (RFC 1035 3.2.4, RFC 6895).</summary>
public enum RecordClass : ushort
{
    Internet = 1,
    Chaos = 3,
    None = 254,
    Any = 255,
}

/// <summary>OPCODE values (RFC 1035 4.1.1).</summary>
public enum Opcode : byte
{
    Query = 0,
    InverseQuery = 1,
    Status = 2,
    Notify = 4,
    Update = 5,
}

/// <summary>Response codes, those of the header (RFC 1035 4.1.1) and those that need EDNS (RFC 6891 9).</summary>
public enum Rcode : ushort
{
    NoError = 0,
    FormErr = 1,
    ServFail = 2,
    NxDomain = 3,
    NotImp = 4,
    Refused = 5,
    BadVers = 16,
}

/// <summary>INFO-CODE values of an extended DNS error (RFC 8914 4) that this project sends.</summary>
public enum ExtendedErrorCode : ushort
{
    Other = 0,
    StaleAnswer = 3,
    ForgedAnswer = 4,
    CachedError = 13,
    NotReady = 14,
    Blocked = 15,
    Prohibited = 18,
    StaleNxDomain = 19,
    NotAuthoritative = 20,
    NotSupported = 21,
    NoReachableAuthority = 22,
    NetworkError = 23,
    InvalidData = 24,
}

/// <summary>The three record sections of a message (RFC 1035 4.1).</summary>
public enum Section : byte
{
    Answer,
    Authority,
    Additional,
}

/// <summary>Mnemonics of response codes.</summary>
public static class RcodeText
{
    /// <summary>The mnemonic as dig and RFC 6895 print it, <c>RCODE23</c> for one without.</summary>
    public static string Write(Rcode rcode) => rcode switch
    {
        Rcode.NoError => "NOERROR",
        Rcode.FormErr => "FORMERR",
        Rcode.ServFail => "SERVFAIL",
        Rcode.NxDomain => "NXDOMAIN",
        Rcode.NotImp => "NOTIMP",
        Rcode.Refused => "REFUSED",
        Rcode.BadVers => "BADVERS",
        _ => $"RCODE{(ushort)rcode}",
    };

    /// <summary>Reads what <see cref="Write"/> writes, in any case; codes have 12 bits (RFC 6891 6.1.3).</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out Rcode rcode)
    {
        foreach (Rcode known in Enum.GetValues<Rcode>())
        {
            rcode = known;
            if (text.Equals(Write(known), StringComparison.OrdinalIgnoreCase)) return true;
        }

        bool numbered = text.StartsWith("RCODE", StringComparison.OrdinalIgnoreCase);
        bool read = ushort.TryParse(
            numbered ? text[5..] : "", NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) && number < 4096;
        rcode = (Rcode)number;
        return read;
    }
}
