using System.Text;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Cache;

/// <summary>
/// The text that an answer is kept under: everything that may change it. Type, flags, the number of the rule that it came from
/// (two characters), then the name's lower-case wire bytes and the EDNS options that go to upstreams, a character each. The class is
/// always IN here.
/// </summary>
internal static class CacheKey
{
    /// <summary>The longest key, in characters.</summary>
    public const int MaxLength = NameAt + WireName.MaxLength + EdnsOptions.MostTravelling;

    private const int NameAt = 4;
    private const int DnssecOk = 1, CheckingDisabled = 2, AuthenticData = 4;

    /// <summary>Writes the key of a question; returns its length.</summary>
    /// <param name="room">At least <see cref="MaxLength"/> characters.</param>
    public static int Write(Span<char> room, Query query, RuleOrigin origin)
    {
        // With DO the AD bit of the question changes nothing (RFC 6840 5.7).
        int flags = query.DnssecOk ? DnssecOk : query.AuthenticData ? AuthenticData : 0;
        if (query.CheckingDisabled) flags |= CheckingDisabled;
        room[0] = (char)query.Type;
        room[1] = (char)flags;
        room[2] = (char)(origin.Number >> 16);
        room[3] = (char)origin.Number;
        int length = NameAt + Encoding.Latin1.GetChars(query.Name, room[NameAt..]);
        return query.Options.IsEmpty ? length : length + Encoding.Latin1.GetChars(query.Options, room[length..]);
    }

    public static RecordType TypeOf(string key) => (RecordType)key[0];

    public static bool HasDnssecOk(string key) => (key[1] & DnssecOk) != 0;

    public static bool HasCheckingDisabled(string key) => (key[1] & CheckingDisabled) != 0;

    public static DnsName NameOf(string key)
    {
        Span<byte> name = stackalloc byte[WireName.MaxLength];
        return DnsName.Copy(name[..Encoding.Latin1.GetBytes(NameIn(key), name)]);
    }

    /// <summary>True when the key is of <paramref name="name"/>, or of one below it where <paramref name="below"/> says so.</summary>
    public static bool Covers(DnsName name, bool below, string key)
    {
        Span<byte> own = stackalloc byte[WireName.MaxLength];
        own = own[..Encoding.Latin1.GetBytes(NameIn(key), own)];
        return below ? WireName.IsAtOrBelow(own, name.Span) : own.SequenceEqual(name.Span);
    }

    /// <summary>A name ends with its empty label (RFC 1035 3.1).</summary>
    private static ReadOnlySpan<char> NameIn(string key)
    {
        int end = NameAt;
        while (key[end] != 0) end += 1 + key[end];
        return key.AsSpan(NameAt, end + 1 - NameAt);
    }
}
