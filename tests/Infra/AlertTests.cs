using KubeDoH.Engine.Kubernetes;
using KubeDoH.Tests.Clients;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Infra;

/// <summary>The alert rules, by Prometheus' own word, and by <c>alerts.yaml</c> beside this file when they fire.</summary>
public sealed class AlertTests
{
    private static readonly string Cases = File.ReadAllText(Repository.PathOf("tests/Infra/alerts.yaml"));

    private static readonly Manifest Rule =
        Manifest.ReadAll(File.ReadAllText(Repository.PathOf("infra/kubernetes/components/monitoring/rules.yaml"))).Single();

    [Fact]
    public async Task Rules_are_ones_that_Prometheus_takes()
    {
        using var folder = new TemporaryFolder();

        ClientResult result = await OutsideClient.RunAsync("promtool", "check", "rules", WriteRules(folder));

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }

    [Fact]
    public async Task Alerts_fire_when_they_should_and_not_else()
    {
        ClientResult result = await RunCasesAsync(Cases);

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }

    /// <summary>Every alert has a case in which it fires and one in which it does not.</summary>
    [Fact]
    public void Every_alert_has_its_cases()
    {
        string[] alerts = [.. Rule.Get("spec", "groups").Items.SelectMany(group => group["rules"]!.Items)
            .Select(rule => rule["alert"]!.Text)];
        KubeNode[] cases = [.. Manifest.Read(Cases)["tests"]!.Items.SelectMany(test => test["alert_rule_test"]!.Items)];

        Assert.NotEmpty(alerts);
        foreach (bool fires in (bool[])[true, false])
            Assert.Equal(alerts.Order(), cases.Where(met => met["exp_alerts"]!.Items.Length > 0 == fires).Select(
                met => met["alertname"]!.Text).Distinct().Order());
    }

    [Theory]
    [InlineData("exp_labels: {severity: critical}", "exp_labels: {severity: warning}")]
    [InlineData("values: '1x5 0x90'", "values: '1x95'")]
    public async Task Planted_difference_is_found(string text, string planted)
    {
        Assert.Contains(text, Cases, StringComparison.Ordinal);

        Assert.NotEqual(0, (await RunCasesAsync(Cases.Replace(text, planted, StringComparison.Ordinal))).ExitCode);
    }

    private static async Task<ClientResult> RunCasesAsync(string cases)
    {
        using var folder = new TemporaryFolder();
        WriteRules(folder);
        return await OutsideClient.RunAsync("promtool", "test", "rules", folder.Write("cases.yaml", cases));
    }

    /// <summary>A rule file is what the object has as its spec; JSON is YAML too.</summary>
    private static string WriteRules(TemporaryFolder folder) =>
        folder.Write("rules.json", Manifest.ToJson(Rule.Get("spec"))!.ToJsonString());
}
