using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// Answers the names of the Kubernetes DNS specification 1.1.0, pod names as CoreDNS has them, and their reverse.
/// <code>
/// zone                                   SOA, NS
/// dns-version.zone                       TXT "1.1.0"
/// ns.dns.zone                            the server's own name
/// service.namespace.svc.zone             A, AAAA, SRV, or the CNAME of an ExternalName service
/// _port._proto.service.namespace.svc.zone    SRV
/// label.service.namespace.svc.zone       A, AAAA, SRV of the endpoints with this label
/// 10-244-0-8.namespace.pod.zone          A or AAAA
/// 8.0.244.10.in-addr.arpa, ….ip6.arpa    PTR
/// </code>
/// Every node above one of these exists and has no records (RFC 8020).
/// </summary>
internal sealed class ClusterSource(ClusterView view) : IRecordSource
{
    /// <summary>TTL of the schema version's TXT record, in seconds, as the specification's example has it (section 2.2).</summary>
    private const uint VersionTtl = 28800;

    /// <summary>Labels of the deepest name above the zone: port, protocol, service, namespace, "svc".</summary>
    private const int DeepestName = 5;

    private static readonly ExtendedError NotSynced =
        new(ExtendedErrorCode.NotReady, "the cluster's objects are not all known yet");

    private readonly DnsName _zone = view.Rules.Zone;
    private readonly Answer _notReady = AnswerBuilder.Portable().Finish(view.Source, Rcode.ServFail, local: false, error: NotSynced);
    private readonly OwnerNode _version = new(
        view.Rules.Zone.Child("dns-version"u8), view.Source, [new RRset(RecordType.TXT, VersionTtl, ["\u00051.1.0"u8.ToArray()])]);

    private readonly PodNames _pods = new(view.Source, view.Rules.Ttl);

    public string Name => view.Source;

    /// <summary>The name of the schema's version.</summary>
    public OwnerNode Version => _version;

    public ValueTask<Answer?> FindAsync(Query query, CancellationToken cancellationToken) => new(Find(query));

    /// <summary>The names above the cluster zone exist: <c>local</c> for <c>cluster.local</c>.</summary>
    public bool KnowsName(Query query) => query.Name.Length < _zone.Span.Length && WireName.IsAtOrBelow(_zone.Span, query.Name);

    public VerdictReason? Reason(Query query, Answer? answer) => ClusterReasons.Of(view, query, answer);

    private Answer? Find(Query query)
    {
        ReadOnlySpan<byte> name = query.Name;
        if (WireName.IsAtOrBelow(name, _zone.Span))
            return FindInZone(query) ?? Denied(query, view.CurrentZones.Cluster.NxDomain);
        if (WireName.IsAtOrBelow(name, ReverseName.V4Zone.Span))
            return FindReverse(query, false, view.CurrentZones.ReverseV4) ?? Denied(query, view.CurrentZones.ReverseV4.NxDomain);
        if (WireName.IsAtOrBelow(name, ReverseName.V6Zone.Span))
            return FindReverse(query, true, view.CurrentZones.ReverseV6) ?? Denied(query, view.CurrentZones.ReverseV6.NxDomain);
        return null;
    }

    /// <summary>
    /// The verdict on a name that the view does not hold: <paramref name="nxDomain"/>, or not mine where it may fall through;
    /// before the first sync nobody may say that it does not exist.
    /// </summary>
    private Answer? Denied(Query query, Answer nxDomain)
    {
        if (!view.Synced) return _notReady;
        foreach (DnsName open in view.Rules.Fallthrough)
            if (WireName.IsAtOrBelow(query.Name, open.Span)) return null;
        return nxDomain;
    }

    /// <summary>Reads the name from the zone leftwards; null when there is no such name.</summary>
    private Answer? FindInZone(Query query)
    {
        ZoneAnswers zone = view.CurrentZones.Cluster;
        ReadOnlySpan<byte> name = query.Name;
        int count = WireName.LabelCount(name) - WireName.LabelCount(_zone.Span);
        if (count > DeepestName) return null;
        if (count == 0) return query.Type == RecordType.NS ? NameServers() : zone.Of(zone.Apex, query.Type);

        ReadOnlySpan<byte> top = WireName.FirstLabel(Above(name, count - 1));
        if (top.SequenceEqual("svc"u8)) return FindService(query, name, count, zone);
        if (top.SequenceEqual("pod"u8) && view.Rules.Pods != PodRecords.Disabled) return FindPod(query, name, count, zone);
        if (top.SequenceEqual("dns-version"u8) && count == 1) return zone.Of(_version, query.Type);
        bool isServerName = top.SequenceEqual("dns"u8) && (count == 1 || (count == 2 && WireName.FirstLabel(name).SequenceEqual("ns"u8)));
        return isServerName ? zone.Of(null, query.Type) : null;
    }

    private Answer? FindService(Query query, ReadOnlySpan<byte> name, int count, ZoneAnswers zone)
    {
        if (count == 1) return zone.Of(null, query.Type);
        if (count == 2) return view.HasNamespace(WireName.FirstLabel(name)) ? zone.Of(null, query.Type) : null;
        if (!view.TryGetService(Above(name, count - 3), out ServiceNode? service) || service is null) return null;
        if (service.HasAddressForName) return count == 3 ? Denied(query, zone.AddressForName) : null;

        ReadOnlySpan<byte> first = WireName.FirstLabel(name);
        if (count == 4 && service.HasProtocol(first)) return zone.Of(null, query.Type);
        OwnerNode? node = count switch
        {
            3 => service.Self(),
            4 => service.Endpoint(first),
            _ => service.Port(first, WireName.FirstLabel(WireName.Parent(name))),
        };
        return node is null ? null : zone.Of(node, query.Type);
    }

    private Answer? FindPod(Query query, ReadOnlySpan<byte> name, int count, ZoneAnswers zone)
    {
        if (count == 1) return zone.Of(null, query.Type);
        ReadOnlySpan<byte> @namespace = WireName.FirstLabel(Above(name, count - 2));
        if (count > 3 || !view.HasNamespace(@namespace)) return null;
        if (count == 2) return zone.Of(null, query.Type);
        if (_pods.Of(WireName.FirstLabel(name)) is not { } pod) return null;
        if (view.Rules.Pods == PodRecords.Verified && !view.HasPod(@namespace, pod.Address)) return null;
        return query.Type == pod.Type ? pod.Answer : zone.Of(null, query.Type);
    }

    private Answer? FindReverse(Query query, bool isV6, ZoneAnswers zone)
    {
        if (!ReverseName.TryRead(query.Name, isV6, out AddressKey first, out AddressKey last)) return null;
        if (first == last) return view.Reverse.Find(first) is { } node ? zone.Of(node, query.Type) : null;
        bool isApex = WireName.LabelCount(query.Name) == 2;
        if (isApex) return zone.Of(zone.Apex, query.Type);
        return view.Reverse.HasAny(first, last) ? zone.Of(null, query.Type) : null;
    }

    /// <summary>The zone's NS: the service that pods have as nameserver, where there is one.</summary>
    public Answer NameServers()
    {
        ServiceNode[] servers = view.Rules.ClusterDns is { } address ? [.. view.Reverse.ServicesAt(address)] : [];
        if (servers.Length == 0) return view.CurrentZones.Cluster.NoData;
        AnswerBuilder builder = AnswerBuilder.For(_zone.Span, RecordType.NS);
        foreach (ServiceNode server in servers)
            builder.Add(Section.Answer, [], RecordType.NS, view.Rules.Ttl, server.Name.Span);
        foreach (ServiceNode server in servers)
            foreach (AddressKey key in server.Addresses)
                builder.Add(Section.Additional, server.Name.Span, key.IsV6 ? RecordType.AAAA : RecordType.A, view.Rules.Ttl, key.ToData());
        return builder.Finish(view.Source);
    }

    /// <summary>The name without its first <paramref name="labels"/> labels.</summary>
    private static ReadOnlySpan<byte> Above(ReadOnlySpan<byte> name, int labels)
    {
        for (; labels > 0; labels--) name = WireName.Parent(name);
        return name;
    }
}
