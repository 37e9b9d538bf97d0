using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Metrics;
using KubeDoH.Engine.Resolution;
using static KubeDoH.Engine.Metrics.MetricFamily;
using static KubeDoH.Engine.Metrics.MetricSample;

namespace KubeDoH.Engine;

/// <summary>
/// What an operator watches. What CoreDNS measures too has its name and labels there; the rest is ours. Its cache stands before all zones
/// and listeners: <c>zones</c> is the root, <c>server</c> and <c>view</c> are empty.
/// </summary>
internal static class EngineMetrics
{
    private const string Success = "success", Denial = "denial";

    public static IEnumerable<MetricFamily> Read(EngineServices engine, EngineParts parts) =>
    [
        .. engine.Meters.Read(),
        Gauge("coredns_plugin_enabled", "1 for each source that is asked.",
            [.. engine.Meters.Servers.SelectMany(
                _ => engine.Order, (server, name) => Of(1, "server", server, "zone", ".", "view", "", "name", name))]),
        .. OfCache(parts.Cache.Totals),
        .. OfUpstreams(parts),
        .. OfSources(engine.Sources(), parts.Now),
        .. OfCluster(parts),
        .. parts.Counted,
    ];

    private static IEnumerable<MetricFamily> OfCache(CacheTotals totals)
    {
        MetricSample One(long value) => Of(value, "server", "", "zones", ".", "view", "");
        MetricSample[] Both(long all, long denied) =>
        [
            Of(all - denied, "server", "", "type", Success, "zones", ".", "view", ""),
            Of(denied, "server", "", "type", Denial, "zones", ".", "view", ""),
        ];
        yield return Gauge("coredns_cache_entries", "Questions whose answers are kept.", Both(totals.Entries, totals.Denials));
        yield return Counter("coredns_cache_hits_total", "Questions answered from the cache.", Both(totals.Hits, totals.DeniedHits));
        yield return Counter("coredns_cache_misses_total", "Questions that the cache had no answer for.", One(totals.Misses));
        yield return Counter("coredns_cache_requests_total", "Questions that came to the cache.",
            One(totals.Hits + totals.Misses + totals.StaleServed + totals.FailuresServed));
        yield return Counter("coredns_cache_prefetch_total", "Answers asked for anew before they were over.", One(totals.Prefetches));
        yield return Counter("coredns_cache_served_stale_total", "Answers served beyond their TTL.", One(totals.StaleServed));
        yield return Counter(
            "coredns_cache_evictions_total", "Answers that went because room was needed.", Both(totals.Evictions, totals.DeniedEvictions));
        yield return Counter("kubedoh_stale_served_total", "Answers served beyond their TTL.", Of(totals.StaleServed));
        yield return Counter(
            "kubedoh_failures_served_total", "Failures of a moment ago that were served again.", Of(totals.FailuresServed));
        yield return Counter("kubedoh_shared_questions_total", "Questions that joined an equal one on its way.", Of(totals.Shared));
        yield return Gauge("kubedoh_cache_bytes", "Memory that kept answers take.", Of(totals.Bytes));
        yield return Gauge("kubedoh_cache_limit_bytes", "Memory that they may take.", Of(totals.Limit));
    }

    private static IEnumerable<MetricFamily> OfUpstreams(EngineParts parts)
    {
        IReadOnlyList<UpstreamStatus> upstreams = Named(parts.Upstreams);
        MetricSample[] Each(Func<UpstreamStatus, double> value) =>
            [.. upstreams.Select(upstream => Of(value(upstream), "to", upstream.Address))];
        (long rejected, long allDown) = parts.Unforwarded;
        yield return Counter("coredns_forward_requests_total", "Questions sent to an upstream.", Each(Sent));
        yield return Counter("coredns_forward_responses_total", "Replies of an upstream.",
            [.. upstreams.SelectMany(u => u.Durations, (u, d) => Of(d.Value.Total, "rcode", d.Key, "to", u.Address))]);
        yield return Histogram("coredns_forward_request_duration_seconds", "Time from a question to an upstream until its reply.",
            [.. upstreams.SelectMany(u => u.Durations, (u, d) => Of(d.Value, "to", u.Address, "rcode", d.Key))]);
        yield return Histogram("coredns_proxy_request_duration_seconds", "The same under the name that CoreDNS has for it since 1.10.1.",
            [.. upstreams.SelectMany(u => u.Durations, (u, d) => Of(d.Value, "proxy_name", "forward", "to", u.Address, "rcode", d.Key))]);
        yield return Counter(
            "coredns_forward_healthcheck_broken_total", "Questions that found every upstream of their rule down.", Of(allDown));
        yield return Counter(
            "coredns_forward_max_concurrent_rejects_total", "Questions sent away because too many were on their way.", Of(rejected));
        yield return Gauge("kubedoh_upstream_up", "1 where an upstream is asked, 0 where it is down or leads back here.",
            Each(upstream => upstream.State is UpstreamState.Healthy or UpstreamState.Suspect ? 1 : 0));
        yield return Gauge("kubedoh_upstream_in_flight", "Questions on their way to an upstream.", Each(upstream => upstream.InFlight));
        yield return Counter("kubedoh_upstream_failures_total", "Tries at an upstream that brought nothing.",
            [.. upstreams.SelectMany(u => Failures(u.Counts), (u, f) => Of(f.Count, "to", u.Address, "reason", f.Reason))]);
    }

    /// <summary>One address may be two upstreams, one of them trusted: each needs a name of its own.</summary>
    private static UpstreamStatus[] Named(IReadOnlyList<UpstreamStatus> upstreams) =>
    [
        .. upstreams.Select(upstream => upstream.Trusted && upstreams.Any(other => other.Address == upstream.Address && !other.Trusted)
            ? upstream with { Address = $"{upstream.Address} trusted" }
            : upstream),
    ];

    private static double Sent(UpstreamStatus upstream) =>
        upstream.InFlight + upstream.Counts.Answered + Failures(upstream.Counts).Sum(f => f.Count);

    private static (string Reason, long Count)[] Failures(UpstreamCounts counts) =>
    [
        ("servfail", counts.ServFail), ("refused", counts.Refused), ("useless", counts.Useless), ("timeout", counts.TimedOut),
        ("overtaken", counts.Overtaken), ("network", counts.NetworkErrors), ("malformed", counts.Malformed),
    ];

    private static IEnumerable<MetricFamily> OfSources(IReadOnlyList<SourceStatus> sources, DateTimeOffset now)
    {
        MetricSample[] Parts(Func<SourcePart, double?> value) =>
        [
            .. from source in sources
               from part in source.Parts.DistinctBy(part => part.Name)
               let read = value(part)
               where read is not null
               select Of(read.Value, "source", source.Source, "part", part.Name),
        ];
        SourcePart[] hosts = [.. sources.Where(source => source.Source == "hosts").SelectMany(source => source.Parts)];
        yield return Gauge("coredns_hosts_entries", "Lines of hosts files that are in force.", Of(hosts.Sum(part => part.Count)));
        yield return Gauge("coredns_hosts_reload_timestamp_seconds", "When a hosts file last changed.",
            Of(hosts.Max(part => Seconds(part.UpdatedAt)) ?? 0));
        yield return Gauge("kubedoh_source_ready", "1 once a source was read whole.",
            [.. sources.Select(source => Of(source.Ready ? 1 : 0, "source", source.Source))]);
        yield return Gauge("kubedoh_source_objects", "Objects, lines or entries that are in force.", Parts(part => part.Count));
        yield return Gauge(
            "kubedoh_source_skipped", "Objects or lines that were left out because they make no sense.", Parts(part => part.Skipped));
        yield return Gauge("kubedoh_source_failing", "1 while something keeps a part of a source from being read.",
            Parts(part => part.LastError is null ? 0 : 1));
        yield return Gauge(
            "kubedoh_source_updated_timestamp_seconds", "When a part of a source last changed.", Parts(part => Seconds(part.UpdatedAt)));
        yield return Gauge("kubedoh_watch_age_seconds", "Since the API server last said anything of a kind of object.",
            Parts(part => (now - part.HeardAt)?.TotalSeconds));
        yield return Gauge("kubedoh_entries", "Entries that are kept.",
            Of(sources.Where(source => source.Source == "entries").SelectMany(source => source.Parts).Sum(part => part.Count)));
    }

    private static IEnumerable<MetricFamily> OfCluster(EngineParts parts)
    {
        if (parts.Cluster.View is not { } view) yield break;
        yield return Gauge("kubedoh_views", "Namespaces that questions may be seen from.", Of(view.NamespaceCount));
        yield return Gauge("kubedoh_services", "Services that have names.", Of(view.ServiceCount));
    }

    private static double? Seconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() / 1000.0;
}
