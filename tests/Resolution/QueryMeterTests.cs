using KubeDoH.Engine.Metrics;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Resolution;

/// <summary>Questions are counted under CoreDNS's labels, whatever a client sends.</summary>
public sealed class QueryMeterTests
{
    private readonly QueryMeters _meters = new([DnsName.Parse("cluster.local"), DnsName.Parse("in-addr.arpa"), DnsName.Parse("ip6.arpa")]);

    [Fact]
    public void Question_is_counted_in_every_metric_with_the_labels_of_CoreDNS()
    {
        QueryMeter meter = _meters.Of("https://:443", "tcp");
        using Query query = Ask("web.shop.svc.cluster.local", RecordType.AAAA, dnssecOk: true);
        query.View = new ClientView { Namespace = "shop" };

        meter.Record(query, LocalAnswers.NoData("cluster"), isV6: true, responseSize: 129, TimeSpan.FromMicroseconds(700));

        const string Shared = "server=https://:443 zone=cluster.local. view=namespace";
        Assert.Equal($"{Shared} proto=tcp family=2 type=AAAA: 1", One("coredns_dns_requests_total"));
        Assert.Equal($"{Shared} rcode=NOERROR plugin=cluster: 1", One("coredns_dns_responses_total"));
        Assert.Equal($"{Shared}: 0.0007 of 1", One("coredns_dns_request_duration_seconds"));
        Assert.Equal($"{Shared} proto=tcp: {query.Size} of 1", One("coredns_dns_request_size_bytes"));
        Assert.Equal($"{Shared} proto=tcp: 129 of 1", One("coredns_dns_response_size_bytes"));
        Assert.Equal($"{Shared}: 1", One("coredns_dns_do_requests_total"));
    }

    [Theory]
    [InlineData("10.in-addr.arpa", "in-addr.arpa.")]
    [InlineData("8.ip6.arpa", "ip6.arpa.")]
    [InlineData("cluster.local", "cluster.local.")]
    [InlineData("notcluster.local", ".")]
    [InlineData("anything.example", ".")]
    public void Zone_is_one_of_few(string name, string zone)
    {
        using Query query = Ask(name, RecordType.A);

        _meters.Of("dns://:53", "udp").Record(query, LocalAnswers.NoData("hosts"), isV6: false, 40, TimeSpan.Zero);

        Assert.Equal($"server=dns://:53 zone={zone} view= proto=udp family=1 type=A: 1", One("coredns_dns_requests_total"));
    }

    /// <summary>
    /// Names, types, codes and sources that nobody foresaw add to what is there; at most a fixed number of series comes of them.
    /// </summary>
    [Fact]
    public void Clients_make_no_series_of_their_own()
    {
        QueryMeter meter = _meters.Of("https://:443", "tcp");
        for (int i = 0; i < 70_000; i++)
        {
            using Query query = Ask($"n{i}.example", (RecordType)(i & 0xffff));
            query.View = (i % 3) switch
            {
                0 => ClientView.Absolute, 1 => new ClientView { Namespace = $"ns{i}" }, _ => new ClientView { SearchList = [DnsName.Root] },
            };
            meter.Record(query, LocalAnswers.Failure($"source{i % 7}", (Rcode)(i % 4096), ExtendedErrorCode.Other, ""),
                i % 2 == 0, i % 65_535, TimeSpan.FromTicks(i));
        }

        MetricFamily[] families = [.. _meters.Read()];
        Assert.InRange(families.Single(family => family.Name == "coredns_dns_requests_total").Samples.Count, 20, 3 * 2 * 20);
        Assert.InRange(families.Single(family => family.Name == "coredns_dns_responses_total").Samples.Count, 13, 3 * 13);
        Assert.Equal(70_000, families.Single(family => family.Name == "coredns_dns_requests_total").Samples.Sum(sample => sample.Value));
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        QueryMeter meter = _meters.Of("https://:443", "tcp");
        using Query query = Ask("web.example", RecordType.A);
        Answer answer = LocalAnswers.NoData("forward");
        meter.Record(query, answer, isV6: false, 100, TimeSpan.FromMicroseconds(30));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) meter.Record(query, answer, isV6: false, 100, TimeSpan.FromMicroseconds(30));

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Query Ask(string name, RecordType type, bool dnssecOk = false)
    {
        Query query = Query.Rent();
        query.Ask(DnsName.Parse(name).Span, type, dnssecOk: dnssecOk);
        return query;
    }

    private string One(string family)
    {
        MetricSample sample = _meters.Read().Single(read => read.Name == family).Samples.Single();
        string labels = string.Join(' ', sample.Labels.Select(label => $"{label.Name}={label.Value}"));
        return sample.Histogram is { } histogram ? $"{labels}: {histogram.Sum} of {histogram.Total}" : $"{labels}: {sample.Value}";
    }
}
