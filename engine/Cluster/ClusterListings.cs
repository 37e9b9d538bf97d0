using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>What the cluster source answers with, in four parts. Owner nodes are made for the list and not kept.</summary>
internal static class ClusterListings
{
    public static IEnumerable<IRecordListing> Of(ClusterView view, ClusterSource source) =>
        [new ReverseListing(view), new ZoneListing(view, source), new PodListing(view), new ServiceListing(view)];

    private static RecordOrigin OriginOf(ServiceNode service) =>
        new() { Kind = "Service", Namespace = service.Namespace, Name = service.Service };

    /// <summary>The SOA of a zone whose apex is not before the range.</summary>
    private static IEnumerable<ListedRRset> Apex(ClusterView view, ZoneAnswers zone, RecordRange range) =>
        range.Namespace is null && !range.IsBefore(zone.Apex.Name) ? ListedRRset.Of(zone.Apex, view.Source) : [];

    /// <summary>The reverse zones: SOA, and the PTR records of service and endpoint addresses.</summary>
    private sealed class ReverseListing(ClusterView view) : IRecordListing
    {
        public string Source => view.Source;

        public IEnumerable<ListedRRset> List(RecordRange range)
        {
            ClusterView.Zones zones = view.CurrentZones;
            return Read(zones.ReverseV4, isV6: false, range).Concat(Read(zones.ReverseV6, isV6: true, range));
        }

        private IEnumerable<ListedRRset> Read(ZoneAnswers zone, bool isV6, RecordRange range)
        {
            if (!range.Touches(zone.Apex.Name)) yield break;
            foreach (ListedRRset rrset in Apex(view, zone, range)) yield return rrset;
            if (!ReverseName.TryRead(range.From.Span, isV6, out AddressKey first, out _)) first = new AddressKey(0, isV6);
            foreach ((AddressKey address, IReadOnlyList<PointerTarget> targets) in view.Reverse.From(first))
            {
                if (address.IsV6 != isV6) yield break;
                if (range.Namespace is { } wanted && !targets.Any(target => target.Service.Namespace == wanted)) continue;
                if (range.IsBefore(ReverseName.Write(address)) || view.Reverse.Make(address) is not { } node) continue;
                RecordOrigin[] origins = [.. targets.Select(target => target.Service).Distinct().Select(OriginOf)];
                foreach (ListedRRset rrset in ListedRRset.Of(node, view.Source, origins)) yield return rrset;
            }
        }
    }

    /// <summary>The zone's own records and the version of the schema.</summary>
    private sealed class ZoneListing(ClusterView view, ClusterSource source) : IRecordListing
    {
        public string Source => view.Source;

        public IEnumerable<ListedRRset> List(RecordRange range)
        {
            DnsName zone = view.Rules.Zone;
            if (range.Namespace is not null || !range.Touches(zone)) return [];
            ListedRRset? servers = ListedRRset.Read(view.Source, zone, RecordType.NS, source.NameServers());
            IEnumerable<ListedRRset> apex = ListedRRset.Of(view.CurrentZones.Cluster.Apex, view.Source);
            return (servers is null ? apex : apex.Prepend(servers).OrderBy(rrset => rrset.Type))
                .Concat(ListedRRset.Of(source.Version, view.Source));
        }
    }

    /// <summary>
    /// The names of pods, where only those of live pods are answered; else every dashed address is a name, and nobody lists them.
    /// </summary>
    private sealed class PodListing(ClusterView view) : IRecordListing
    {
        private readonly DnsName _zone = view.Rules.Zone.Child("pod"u8);

        public string Source => view.Source;

        public IEnumerable<ListedRRset> List(RecordRange range)
        {
            if (view.Rules.Pods != PodRecords.Verified || !range.Touches(_zone)) return [];
            return view.PodAddresses()
                .Where(pod => range.Namespace is not { } wanted || pod.Namespace == wanted)
                .GroupBy(pod => pod.Namespace)
                .OrderBy(pods => pods.Key, StringComparer.Ordinal)
                .SelectMany(pods => ReadNamespace(pods.Key, pods, range));
        }

        private IEnumerable<ListedRRset> ReadNamespace(
            string @namespace, IEnumerable<(string Namespace, string Pod, AddressKey Address)> pods, RecordRange range)
        {
            DnsName above = _zone.Child(System.Text.Encoding.ASCII.GetBytes(@namespace));
            if (!view.HasNamespace(WireName.FirstLabel(above.Span)) || !range.Touches(above)) return [];
            return pods
                .GroupBy(pod => pod.Address)
                .Select(same => (Name: above.Child(DashedAddress.Write(new System.Net.IPAddress(same.Key.ToData()))), Pods: same))
                .Where(item => !range.IsBefore(item.Name))
                .OrderBy(item => item.Name, CanonicalNameOrder.Instance)
                .Select(item => new ListedRRset(
                    view.Source, item.Name, item.Pods.Key.IsV6 ? RecordType.AAAA : RecordType.A, view.Rules.Ttl, [item.Pods.Key.ToData()])
                {
                    Origins = [.. item.Pods.Select(pod => new RecordOrigin { Kind = "Pod", Namespace = @namespace, Name = pod.Pod })],
                });
        }
    }

    /// <summary>Services, their ports and their endpoints.</summary>
    private sealed class ServiceListing(ClusterView view) : IRecordListing
    {
        private readonly DnsName _zone = view.Rules.Zone.Child("svc"u8);

        public string Source => view.Source;

        public IEnumerable<ListedRRset> List(RecordRange range)
        {
            if (!range.Touches(_zone)) yield break;
            DnsName? only = range.Namespace is { } wanted ? view.Rules.ServiceName(wanted, "x").Parent() : null;
            DnsName first = only is { } start && range.IsBefore(start) is false ? start : ServiceAt(range.From);
            foreach (DnsName name in view.ServiceNames.From(first))
            {
                if (only is { } parent && !WireName.IsAtOrBelow(name.Span, parent.Span)) yield break;
                if (!view.TryGetService(name.Span, out ServiceNode? service) || service is null or { HasAddressForName: true }) continue;
                RecordOrigin[] origins = [OriginOf(service)];
                foreach (OwnerNode node in service.MakeAll(range))
                    foreach (ListedRRset rrset in ListedRRset.Of(node, view.Source, origins)) yield return rrset;
            }
        }

        /// <summary>The name of the service that a name lies at or below; the name itself where there is none.</summary>
        private DnsName ServiceAt(DnsName name)
        {
            if (!WireName.IsAtOrBelow(name.Span, _zone.Span)) return name;
            int above = WireName.LabelCount(name.Span) - WireName.LabelCount(_zone.Span) - 2;
            for (; above > 0; above--) name = name.Parent();
            return name;
        }
    }
}
