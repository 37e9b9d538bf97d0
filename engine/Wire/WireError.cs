namespace KubeDoH.Engine.Wire;

/// <summary>What is wrong with a message's bytes. A value, never an exception: hostile bytes are ordinary input.</summary>
public enum WireError : byte
{
    None,

    /// <summary>Shorter than a header: there is not even an id to answer to.</summary>
    TooShort,

    /// <summary>A response (QR=1) where a question belongs.</summary>
    NotAQuestion,

    /// <summary>The sections end before the counts of the header are met.</summary>
    Truncated,

    /// <summary>
    /// A name over 255 octets, a label type other than 00 and 11, a pointer that does not go back or leads into the header
    /// (RFC 1035 4.1.4), or more pointers than a name has labels.
    /// </summary>
    BadName,

    /// <summary>RDATA whose fields do not fit its length.</summary>
    BadRecordData,

    /// <summary>QDCOUNT other than 1, or records in the answer or authority section of a question (RFC 9619).</summary>
    BadCounts,

    /// <summary>An OPCODE other than QUERY.</summary>
    UnsupportedOpcode,

    /// <summary>More than one OPT record, or one that is not owned by the root (RFC 6891 6.1.1).</summary>
    BadEdns,

    /// <summary>Bytes after the last record.</summary>
    TrailingBytes,

    /// <summary>The answer has no room in the buffer.</summary>
    NoRoom,
}

/// <summary>Wire errors in words.</summary>
public static class WireErrorText
{
    /// <summary>A short sentence for a client, without any of the bytes.</summary>
    public static string Write(WireError error) => error switch
    {
        WireError.None => "no error",
        WireError.TooShort => "the message is shorter than the 12 octets of a DNS header",
        WireError.NotAQuestion => "the message is a response (QR=1), not a question",
        WireError.Truncated => "the message ends before what its header counts",
        WireError.BadName => "a domain name in the message is malformed",
        WireError.BadRecordData => "a record's data does not fit its length",
        WireError.BadCounts => "the message must hold exactly one question and no answers",
        WireError.UnsupportedOpcode => "only the opcode QUERY is answered",
        WireError.BadEdns => "the message has more than one OPT record, or a malformed one",
        WireError.TrailingBytes => "the message has bytes after its last record",
        WireError.NoRoom => "the message does not fit",
        _ => "the message is malformed",
    };
}
