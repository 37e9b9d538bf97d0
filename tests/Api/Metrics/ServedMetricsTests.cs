using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Api.Metrics;

/// <summary>What a running service tells Prometheus.</summary>
public sealed class ServedMetricsTests(Playground playground) : IClassFixture<Playground>
{
    [Fact]
    public async Task Promtool_finds_nothing_wrong()
    {
        await AskAsync("secco.dns-playground.svc.cluster.local");

        Assert.Equal("", await Promtool.JudgeAsync(await ReadAsync()));
    }

    /// <summary>Prometheus would refuse all of it.</summary>
    [Fact]
    public async Task No_series_is_there_twice()
    {
        await AskAsync("secco.dns-playground.svc.cluster.local");

        string[] series = [.. (await ReadAsync()).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line[..line.LastIndexOf(' ')])];

        Assert.True(series.Length > 100);
        Assert.Equal(series.Distinct(), series);
    }

    /// <summary>Names and labels of CoreDNS 1.13, from its sources; a metric of ours that it has too must not differ.</summary>
    [Theory]
    [InlineData("coredns_dns_requests_total", "server", "zone", "view", "proto", "family", "type")]
    [InlineData("coredns_dns_responses_total", "server", "zone", "view", "rcode", "plugin")]
    [InlineData("coredns_dns_request_duration_seconds_bucket", "server", "zone", "view", "le")]
    [InlineData("coredns_dns_request_size_bytes_bucket", "server", "zone", "view", "proto", "le")]
    [InlineData("coredns_dns_response_size_bytes_bucket", "server", "zone", "view", "proto", "le")]
    [InlineData("coredns_dns_https_responses_total", "server", "status")]
    [InlineData("coredns_plugin_enabled", "server", "zone", "view", "name")]
    [InlineData("coredns_panics_total")]
    [InlineData("coredns_reload_failed_total")]
    [InlineData("coredns_cache_entries", "server", "type", "zones", "view")]
    [InlineData("coredns_cache_hits_total", "server", "type", "zones", "view")]
    [InlineData("coredns_cache_misses_total", "server", "zones", "view")]
    [InlineData("coredns_cache_requests_total", "server", "zones", "view")]
    [InlineData("coredns_cache_prefetch_total", "server", "zones", "view")]
    [InlineData("coredns_cache_served_stale_total", "server", "zones", "view")]
    [InlineData("coredns_cache_evictions_total", "server", "type", "zones", "view")]
    [InlineData("coredns_forward_requests_total", "to")]
    [InlineData("coredns_forward_responses_total", "rcode", "to")]
    [InlineData("coredns_forward_request_duration_seconds_bucket", "to", "rcode", "le")]
    [InlineData("coredns_proxy_request_duration_seconds_bucket", "proxy_name", "to", "rcode", "le")]
    [InlineData("coredns_forward_healthcheck_broken_total")]
    [InlineData("coredns_forward_max_concurrent_rejects_total")]
    [InlineData("coredns_hosts_entries")]
    [InlineData("coredns_hosts_reload_timestamp_seconds")]
    [InlineData("coredns_kubernetes_dns_programming_duration_seconds_bucket", "service_kind", "le")]
    [InlineData("kubedoh_source_ready", "source")]
    [InlineData("kubedoh_source_objects", "source", "part")]
    [InlineData("kubedoh_entries")]
    [InlineData("kubedoh_views")]
    [InlineData("kubedoh_search_steps_total")]
    [InlineData("kubedoh_stale_served_total")]
    [InlineData("kubedoh_config_last_reload_successful")]
    [InlineData("kubedoh_certificate_expiry_timestamp_seconds")]
    [InlineData("process_resident_memory_bytes")]
    public async Task Metric_has_its_labels(string name, params string[] labels)
    {
        await AskAsync("www.upstream.example");
        await AskAsync("www.upstream.example");

        string line = (await ReadAsync()).Split('\n').FirstOrDefault(line => line.StartsWith($"{name}{{", StringComparison.Ordinal)
            || line.StartsWith($"{name} ", StringComparison.Ordinal)) ?? "";

        Assert.StartsWith(name, line, StringComparison.Ordinal);
        Assert.Equal(labels, line.Split('{', '}') is [_, { } inside, _] ? inside.Split("\",").Select(pair => pair.Split('=')[0]) : []);
    }

    [Fact]
    public async Task What_was_asked_is_counted_where_it_was_asked()
    {
        const string Requests = "coredns_dns_requests_total", Search = "kubedoh_search_steps_total",
        Forwarded = "coredns_forward_requests_total";
        Dictionary<string, double> before = Sums(await ReadAsync());

        await AskAsync("secco", "/dns-query/ns/dns-playground");
        await AskAsync("counted.upstream.example");

        Dictionary<string, double> after = Sums(await ReadAsync());
        // A listener that was not asked yet has no series.
        Assert.Equal(before.GetValueOrDefault(Requests) + 2, after[Requests]);
        Assert.Equal(before[Search] + 1, after[Search]);
        Assert.True(after[Forwarded] > before[Forwarded]);
    }

    private async Task AskAsync(string name, string path = "/dns-query")
    {
        using var client = new HttpClient();
        await client.GetStringAsync($"{playground.Server.Http}{path}?name={name}", TestContext.Current.CancellationToken);
    }

    private async Task<string> ReadAsync()
    {
        using var client = new HttpClient();
        return await client.GetStringAsync($"{playground.Server.Http}/metrics", TestContext.Current.CancellationToken);
    }

    /// <summary>By metric, the sum over all labels.</summary>
    private static Dictionary<string, double> Sums(string text) => text.Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .GroupBy(line => line.Split('{', ' ')[0], line => double.Parse(
            line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture))
        .ToDictionary(group => group.Key, group => group.Sum());
}
