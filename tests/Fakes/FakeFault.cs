namespace KubeDoH.Tests.Fakes;

/// <summary>What a fake upstream does instead of sending its reply as it is.</summary>
public enum FakeFault
{
    /// <summary>Nothing: the reply goes out.</summary>
    None,
    Drop,

    /// <summary>The reply waits for <see cref="FakeUpstream.Release"/>.</summary>
    Hold,
    WrongId,
    WrongName,

    /// <summary>The question comes back in upper case.</summary>
    WrongCase,
    WrongType,
    WrongClass,

    /// <summary>Sent from another port of the same address.</summary>
    WrongPort,

    /// <summary>Sent from the same port of another address.</summary>
    WrongAddress,

    /// <summary>QR is clear.</summary>
    AsQuestion,
    Truncate,
    ServFail,
    Refused,
    FormErr,
    NotImp,

    /// <summary>FORMERR to a question with an OPT record, and nothing but a header (a server from before RFC 6891).</summary>
    BareFormErrToEdns,

    /// <summary>A header that counts a record, then noise.</summary>
    Garbage,

    /// <summary>The last octet is missing.</summary>
    CutShort,
    TrailingBytes,

    /// <summary>More octets than the question says it takes.</summary>
    Oversize,

    /// <summary>The first record's owner is a pointer to itself.</summary>
    PointerLoop,

    /// <summary>Five octets.</summary>
    Runt,

    /// <summary>TCP: an octet at a time.</summary>
    Split,

    /// <summary>TCP: closed in the middle of the reply.</summary>
    CloseMidway,
}
