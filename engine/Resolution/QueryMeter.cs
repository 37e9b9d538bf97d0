using KubeDoH.Engine.Metrics;
using KubeDoH.Engine.Wire;
using static KubeDoH.Engine.Resolution.QueryLabels;

namespace KubeDoH.Engine.Resolution;

/// <summary>
/// Counts what is asked and answered at one listener, by the labels of CoreDNS's metrics. Counting takes no lock and allocates nothing.
/// </summary>
public sealed class QueryMeter
{
    private readonly string[] _zones;
    private readonly DnsName[] _suffixes;
    private readonly int _responses, _dnssec, _times, _requestSizes, _responseSizes;
    private readonly ShardedCounts _counts;

    /// <param name="server">The listener as CoreDNS writes it: <c>https://127.0.0.1:8443</c>, <c>dns://:53</c>.</param>
    /// <param name="proto"><c>udp</c> or <c>tcp</c>; HTTP is tcp.</param>
    /// <param name="zones">The zones that are told apart; names of none are of the root.</param>
    internal QueryMeter(string server, string proto, IReadOnlyList<DnsName> zones)
    {
        Server = server;
        Proto = proto;
        _suffixes = [.. zones];
        _zones = [.. zones.Append(DnsName.Root).Select(zone => zone.ToString())];
        int cells = _zones.Length * ViewKinds.Length;
        _responses = cells * Families.Length * Types.Length;
        _dnssec = _responses + (cells * Rcodes.Length * Plugins.Length);
        _times = _dnssec + cells;
        _requestSizes = _times + (cells * Buckets.Times.Width);
        _responseSizes = _requestSizes + (cells * Buckets.Sizes.Width);
        _counts = new ShardedCounts(_responseSizes + (cells * Buckets.Sizes.Width));
    }

    public string Server { get; }

    public string Proto { get; }

    /// <summary>Counts a question that was answered.</summary>
    /// <param name="isV6">The client came over IPv6.</param>
    /// <param name="responseSize">Octets.</param>
    public void Record(Query query, Answer answer, bool isV6, int responseSize, TimeSpan duration)
    {
        int cell = (ZoneOf(query.Name) * ViewKinds.Length) + ViewOf(query.View);
        Span<long> row = _counts.Row();
        Interlocked.Increment(ref row[(((cell * Families.Length) + (isV6 ? 1 : 0)) * Types.Length) + TypeOf(query.Type)]);
        int response = (((cell * Rcodes.Length) + RcodeOf(answer.Rcode)) * Plugins.Length) + PluginOf(answer.Source);
        Interlocked.Increment(ref row[_responses + response]);
        if (query.DnssecOk) Interlocked.Increment(ref row[_dnssec + cell]);
        Buckets.Times.Add(row, _times + (cell * Buckets.Times.Width), duration.Ticks / TimeSpan.TicksPerMicrosecond);
        Buckets.Sizes.Add(row, _requestSizes + (cell * Buckets.Sizes.Width), query.Size);
        Buckets.Sizes.Add(row, _responseSizes + (cell * Buckets.Sizes.Width), responseSize);
    }

    /// <summary>Requests by zone, view, proto, family and type.</summary>
    internal IEnumerable<MetricSample> Requests() =>
        from family in Enumerable.Range(0, Families.Length)
        from type in Enumerable.Range(0, Types.Length)
        from sample in OfGroups(cell => _counts.Read((((cell * Families.Length) + family) * Types.Length) + type),
            "proto", Proto, "family", Families[family], "type", Types[type])
        select sample;

    /// <summary>Responses by zone, view, rcode and plugin.</summary>
    internal IEnumerable<MetricSample> Responses() =>
        from rcode in Enumerable.Range(0, Rcodes.Length)
        from plugin in Enumerable.Range(0, Plugins.Length)
        from sample in OfGroups(cell => _counts.Read(_responses + (((cell * Rcodes.Length) + rcode) * Plugins.Length) + plugin),
            "rcode", Rcodes[rcode], "plugin", Plugins[plugin])
        select sample;

    /// <summary>Requests that wanted DNSSEC records, by zone and view.</summary>
    internal IEnumerable<MetricSample> DnssecRequests() => OfGroups(cell => _counts.Read(_dnssec + cell));

    /// <summary>Seconds by zone and view.</summary>
    internal IEnumerable<MetricSample> Durations() => HistogramsOf(Buckets.Times, _times);

    /// <summary>Octets by zone, view and proto.</summary>
    internal IEnumerable<MetricSample> RequestSizes() => HistogramsOf(Buckets.Sizes, _requestSizes, "proto", Proto);

    /// <summary>Octets by zone, view and proto.</summary>
    internal IEnumerable<MetricSample> ResponseSizes() => HistogramsOf(Buckets.Sizes, _responseSizes, "proto", Proto);

    private int ZoneOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _suffixes.Length; i++)
            if (WireName.IsAtOrBelow(name, _suffixes[i].Span)) return i;
        return _suffixes.Length;
    }

    /// <summary>A sample for each zone and view of which there is one.</summary>
    private IEnumerable<MetricSample> OfGroups(Func<int, long> read, params string[] labels) =>
        from zone in Enumerable.Range(0, _zones.Length)
        from view in Enumerable.Range(0, ViewKinds.Length)
        let value = read((zone * ViewKinds.Length) + view)
        where value > 0
        select MetricSample.Of(value, ["server", Server, "zone", _zones[zone], "view", ViewKinds[view], .. labels]);

    private IEnumerable<MetricSample> HistogramsOf(Buckets buckets, int start, params string[] labels) =>
        from zone in Enumerable.Range(0, _zones.Length)
        from view in Enumerable.Range(0, ViewKinds.Length)
        let reading = buckets.Read(_counts, start + (((zone * ViewKinds.Length) + view) * buckets.Width))
        where reading.Total > 0
        select MetricSample.Of(reading, ["server", Server, "zone", _zones[zone], "view", ViewKinds[view], .. labels]);
}
