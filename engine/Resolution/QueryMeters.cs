using System.Collections.Concurrent;
using KubeDoH.Engine.Metrics;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>The meters of all listeners, shown under CoreDNS's names.</summary>
public sealed class QueryMeters
{
    private readonly IReadOnlyList<DnsName> _zones;
    private readonly ConcurrentDictionary<(string Server, string Proto), QueryMeter> _meters = new();

    /// <param name="zones">The zones that are told apart.</param>
    internal QueryMeters(IReadOnlyList<DnsName> zones) => _zones = zones;

    /// <summary>Who may have given an answer: the sources, and what stands before and behind them.</summary>
    public static IReadOnlyList<string> Sources { get; } = QueryLabels.Plugins[..^1];

    /// <summary>The meter of a listener; listeners are few, and known by the configuration.</summary>
    public QueryMeter Of(string server, string proto) =>
        _meters.GetOrAdd((server, proto), key => new QueryMeter(key.Server, key.Proto, _zones));

    /// <summary>The listeners that were asked, or may be.</summary>
    public IEnumerable<string> Servers => _meters.Keys.Select(key => key.Server)
        .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    public IEnumerable<MetricFamily> Read()
    {
        MetricSample[] All(Func<QueryMeter, IEnumerable<MetricSample>> samples) =>
            [.. _meters.Values.OrderBy(meter => meter.Server, StringComparer.Ordinal)
                .ThenBy(meter => meter.Proto, StringComparer.Ordinal).SelectMany(samples)];
        yield return MetricFamily.Counter("coredns_dns_requests_total",
            "Questions by listener, zone, view, transport, address family and type.", All(meter => meter.Requests()));
        yield return MetricFamily.Counter("coredns_dns_responses_total",
            "Answers by listener, zone, view, response code and the source that gave them.", All(meter => meter.Responses()));
        yield return MetricFamily.Histogram("coredns_dns_request_duration_seconds",
            "Time from a question to its answer.", All(meter => meter.Durations()));
        yield return MetricFamily.Histogram("coredns_dns_request_size_bytes",
            "Octets of questions as DNS messages.", All(meter => meter.RequestSizes()));
        yield return MetricFamily.Histogram("coredns_dns_response_size_bytes",
            "Octets of answers as they were sent.", All(meter => meter.ResponseSizes()));
        yield return MetricFamily.Counter("coredns_dns_do_requests_total",
            "Questions that wanted DNSSEC records.", All(meter => meter.DnssecRequests()));
    }
}
