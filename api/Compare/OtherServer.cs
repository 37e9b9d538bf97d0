using DnsClient;
using DnsClient.Protocol;
using KubeDoH.Api.Inspect;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Compare;

/// <summary>What the other server says to one question: a reply, or why there is none.</summary>
/// <param name="Name">The full name that was asked.</param>
/// <param name="Records">The answer section.</param>
/// <param name="Soa">The SOA record of the authority section.</param>
/// <param name="Failure">A sentence for people; null where there is a reply.</param>
internal sealed record OtherReply(
    DnsName Name, Rcode Rcode, IReadOnlyList<AnswerRecordDocument> Records, AnswerRecordDocument? Soa, string? Failure = null)
{
    /// <summary>It holds what was asked for, not only aliases on the way to it.</summary>
    public bool Has(RecordType type) => Rcode == Rcode.NoError
        && Records.Any(record => type == RecordType.ANY || record.Type == RecordTypeText.Write(type));

    public static OtherReply Failed(DnsName name, string failure) => new(name, Rcode.ServFail, [], null, failure);
}

/// <summary>
/// A server that answers are compared with. It is asked by DnsClient, which shares no code with this service: what ours gets wrong in
/// reading a message is not wrong on both sides. It keeps nothing, tries twice, and asks over TCP what does not fit a datagram.
/// </summary>
internal sealed class OtherServer(UpstreamServer server, TimeSpan timeout)
{
    private readonly LookupClient _client = new(new LookupClientOptions(server.EndPoint)
    {
        AutoResolveNameServers = false,
        UseCache = false,
        UseTcpOnly = server.Transport == UpstreamTransport.Tcp,
        ExtendedDnsBufferSize = Query.UdpPayloadSize,
        ThrowDnsErrors = false,
        ContinueOnDnsError = false,
        ContinueOnEmptyResponse = false,
        Retries = 1,
        Timeout = timeout,
    });

    /// <summary>
    /// Asks as the resolver of a pod does (glibc's res_search): a name with fewer dots than ndots with each search domain first, up to the
    /// first that has records. Where none has, a name that is there without them counts, then a failure, then that there is nothing.
    /// </summary>
    public async Task<OtherReply> AskAsync(DnsName name, RecordType type, ClientView view, CancellationToken cancellationToken)
    {
        OtherReply? best = null;
        foreach (DnsName candidate in Candidates(name, view))
        {
            OtherReply reply = await AskAsync(candidate, type, cancellationToken);
            if (reply.Failure is not null || reply.Has(type)) return reply;
            if (best is null || RankOf(reply) >= RankOf(best)) best = reply;
        }

        return best!;
    }

    private static int RankOf(OtherReply reply) => reply.Rcode switch { Rcode.NoError => 2, Rcode.NxDomain => 0, _ => 1 };

    private static IEnumerable<DnsName> Candidates(DnsName name, ClientView view)
    {
        var candidates = new List<DnsName>();
        if (WireName.LabelCount(name.Span) - 1 >= view.Ndots) candidates.Add(name);
        Span<byte> longer = stackalloc byte[WireName.MaxLength];
        foreach (DnsName suffix in view.SearchList)
            if (WireName.TryAppend(name.Span, suffix.Span, longer, out int length)) candidates.Add(DnsName.Copy(longer[..length]));
        return candidates.Append(name).Distinct();
    }

    private async Task<OtherReply> AskAsync(DnsName name, RecordType type, CancellationToken cancellationToken)
    {
        string text = name.ToString();
        if (text.Contains('\\', StringComparison.Ordinal))
            return OtherReply.Failed(name, "a name with octets that need a backslash cannot be asked there");
        try
        {
            return Read(name, await _client.QueryAsync(new DnsQuestion(text, (QueryType)type), cancellationToken));
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The client has exceptions of its own for this.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (DnsResponseException e) when (e.Code == DnsResponseCode.ConnectionTimeout)
        {
            return OtherReply.Failed(name, $"no reply from {server} in {timeout.TotalSeconds:0.#} s, twice");
        }
        catch (Exception)
        {
            // What it throws for a malformed reply, or for none, is of no type that it shows.
            return OtherReply.Failed(name, $"no reply from {server} that can be read");
        }
    }

    private static OtherReply Read(DnsName name, IDnsQueryResponse reply)
    {
        var records = new List<AnswerRecordDocument>();
        foreach (DnsResourceRecord record in reply.Answers)
        {
            if (OtherRecords.Read(record) is not { } read)
                return OtherReply.Failed(
                    name,
                    $"the reply has a record of the type {RecordTypeText.Write((RecordType)record.RecordType)}, which cannot be compared");
            records.Add(read);
        }

        AnswerRecordDocument? soa = reply.Authorities.OfType<SoaRecord>().Select(OtherRecords.Read).FirstOrDefault();
        return new OtherReply(name, (Rcode)reply.Header.ResponseCode, records, soa);
    }
}
