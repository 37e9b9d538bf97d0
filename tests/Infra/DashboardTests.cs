using System.Text.Json;
using System.Text.RegularExpressions;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Infra;

/// <summary>The dashboard and the alerts ask for nothing that a running service does not expose.</summary>
public sealed partial class DashboardTests(Playground playground) : IClassFixture<Playground>
{
    /// <summary>What Prometheus makes itself.</summary>
    private static readonly string[] PrometheusOwn = ["up"];

    [Fact]
    public async Task Dashboard_names_only_metrics_that_are_exposed()
    {
        using JsonDocument dashboard = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("infra/dashboards/kubedoh.json")));
        string[] queries =
        [
            .. from panel in dashboard.RootElement.GetProperty("panels").EnumerateArray()
               where panel.TryGetProperty("targets", out _)
               from target in panel.GetProperty("targets").EnumerateArray()
               select target.GetProperty("expr").GetString()!,
        ];

        Assert.NotEmpty(queries);
        Assert.Empty(MetricsOf(queries).Except(await ExposedAsync()));
    }

    [Fact]
    public async Task Alerts_name_only_metrics_that_are_exposed()
    {
        Manifest rule = Manifest.ReadAll(File.ReadAllText(Repository.PathOf("infra/kubernetes/components/monitoring/rules.yaml"))).Single();
        string[] queries = [.. rule.Get("spec", "groups").Items.SelectMany(group => group["rules"]!.Items)
            .Select(alert => alert["expr"]!.Text)];

        Assert.NotEmpty(queries);
        Assert.Empty(MetricsOf(queries).Except(await ExposedAsync()));
    }

    [Theory]
    [InlineData(
        "sum by (le) (rate(kubedoh_planted_bucket{job=\"kubedoh\",zone=\"a\"}[5m])) / sum(up{job=\"x\"})", "kubedoh_planted_bucket", "up")]
    [InlineData("time() - kubedoh_planted > 7 * 24", "kubedoh_planted")]
    public void Metrics_of_a_query_are_read(string query, params string[] metrics) => Assert.Equal(metrics, MetricsOf([query]));

    /// <summary>Words that have labels, or stand where no function does; labels and strings are left out before.</summary>
    private static IEnumerable<string> MetricsOf(IEnumerable<string> queries) => queries
        .SelectMany(query => Word().Matches(Grouping().Replace(Labels().Replace(query, ""), "")).Select(match => match.Value))
        .Where(word => word.Contains('_', StringComparison.Ordinal) ? !Functions.Contains(word) : PrometheusOwn.Contains(word))
        .Distinct();

    private static readonly string[] Functions = ["histogram_quantile"];

    /// <summary>Every name before a value or its labels, and what Prometheus adds.</summary>
    private async Task<HashSet<string>> ExposedAsync()
    {
        using var client = new HttpClient();
        await client.GetStringAsync(
            $"{playground.Server.Http}/dns-query/ns/dns-playground?name=secco", TestContext.Current.CancellationToken);
        string text = await client.GetStringAsync($"{playground.Server.Http}/metrics", TestContext.Current.CancellationToken);
        IEnumerable<string> families = Type().Matches(text).Select(match => match.Groups[1].Value);
        return [.. PrometheusOwn, .. families, .. families.Select(family => $"{family}_bucket")];
    }

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|""[^""]*""")]
    private static partial Regex Labels();

    [GeneratedRegex(@"\bby\s*\([^)]*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"[a-zA-Z_:][a-zA-Z0-9_:]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"^# TYPE (\S+) ", RegexOptions.Multiline)]
    private static partial Regex Type();
}
