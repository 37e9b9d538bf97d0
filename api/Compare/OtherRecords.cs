using System.Globalization;
using DnsClient.Protocol;
using KubeDoH.Api.Inspect;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Compare;

/// <summary>
/// Records as DnsClient reads them, in the presentation form that ours have: names in lower case, one form for one RDATA.
/// </summary>
internal static class OtherRecords
{
    /// <summary>The record; null for one whose fields the client does not give, or not without loss.</summary>
    public static AnswerRecordDocument? Read(DnsResourceRecord record)
    {
        var type = (RecordType)record.RecordType;
        return TextOf(record) is { } text && DnsName.TryParse(record.DomainName.Value, out DnsName owner, out _)
            && RecordText.TryRead(type, text, out byte[] data, out _)
            ? new AnswerRecordDocument(
                owner.ToString(), RecordTypeText.Write(type), (uint)record.InitialTimeToLive, RecordText.Write(type, data))
            : null;
    }

    /// <summary>The client's own fields in the order of the zone file form; null for a type without.</summary>
    internal static string? TextOf(DnsResourceRecord record) => record switch
    {
        AddressRecord address => address.Address.ToString(),
        CNameRecord alias => alias.CanonicalName,
        NsRecord server => server.NSDName,
        PtrRecord pointer => pointer.PtrDomainName,
        SoaRecord soa => Line($"{soa.MName} {soa.RName} {soa.Serial} {soa.Refresh} {soa.Retry} {soa.Expire} {soa.Minimum}"),
        MxRecord mail => Line($"{mail.Preference} {mail.Exchange}"),
        TxtRecord text => TextOf(text),
        HInfoRecord host => $"{Quoted(host.Cpu)} {Quoted(host.OS)}",
        SrvRecord service => Line($"{service.Priority} {service.Weight} {service.Port} {service.Target}"),
        CaaRecord caa => Line($"{caa.Flags} {caa.Tag} {Quoted(caa.Value)}"),
        NAPtrRecord naptr => Line(
            $"{naptr.Order} {naptr.Preference} {Quoted(naptr.Flags)} {Quoted(naptr.Services)} {
                Quoted(naptr.RegularExpression)} {naptr.Replacement}"),
        TlsaRecord tlsa => Line(
            $"{(int)tlsa.CertificateUsage} {(int)tlsa.Selector} {(int)tlsa.MatchingType} {tlsa.CertificateAssociationDataAsString}"),
        SshfpRecord ssh => Line($"{(int)ssh.Algorithm} {(int)ssh.FingerprintType} {ssh.Fingerprint}").ToUpperInvariant(),
        DsRecord ds => Line($"{ds.KeyTag} {(int)ds.Algorithm} {ds.DigestType} {ds.DigestAsString}"),
        DnsKeyRecord key => Line($"{key.Flags} {key.Protocol} {(int)key.Algorithm} {key.PublicKeyAsString}"),
        RpRecord responsible => $"{responsible.MailboxDomainName} {responsible.TextDomainName}",
        AfsDbRecord afs => Line($"{(int)afs.SubType} {afs.Hostname}"),
        UnknownRecord unknown => RecordText.Write((RecordType)unknown.RecordType, unknown.Data.ToArray()),
        _ => null,
    };

    /// <summary>
    /// The client escapes every octet but the backslash, so that octets and a backslash in one string cannot be told apart: null for those.
    /// </summary>
    private static string? TextOf(TxtRecord record)
    {
        var strings = new List<string>();
        foreach ((string text, string escaped) in record.Text.Zip(record.EscapedText))
        {
            bool hasBackslash = text.Contains('\\', StringComparison.Ordinal);
            if (hasBackslash && text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return null;
            strings.Add(hasBackslash ? Quoted(text) : $"\"{escaped}\"");
        }

        return string.Join(' ', strings);
    }

    /// <summary>A character string (RFC 1035 5.1).</summary>
    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
