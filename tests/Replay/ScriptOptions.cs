using System.Globalization;
using KubeDoH.Engine;

namespace KubeDoH.Tests.Replay;

/// <summary>
/// Lines <c>Key = value</c> with the keys of the configuration; servers are called by the names of their upstream blocks.
/// </summary>
internal static class ScriptOptions
{
    private const string RulePrefix = "Forward:Rules:";

    /// <param name="addressOf">The address of an upstream by the name of its block.</param>
    public static void Apply(EngineOptions options, ScriptLine line, Func<ScriptLine, string, string> addressOf)
    {
        string[] parts = line.Text.Split('=', 2);
        if (parts.Length != 2) throw line.Error("an option is 'Key = value'");
        string key = parts[0].Trim(), value = parts[1].Trim();
        string[] list = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        KubernetesOptions kubernetes = options.Kubernetes;
        switch (key)
        {
            case "Order": options.Order = list; break;
            case "Kubernetes:Zone": kubernetes.Zone = value; break;
            case "Kubernetes:Ttl": kubernetes.Ttl = Number(line, value); break;
            case "Kubernetes:Pods": kubernetes.Pods = Choice<PodRecords>(line, value); break;
            case "Kubernetes:PodViews": kubernetes.PodViews = Choice<PodViews>(line, value); break;
            case "Kubernetes:Fallthrough": kubernetes.Fallthrough = list; break;
            case "Kubernetes:Namespaces": kubernetes.Namespaces = list; break;
            case "Kubernetes:Labels": kubernetes.Labels = value; break;
            case "Kubernetes:NamespaceLabels": kubernetes.NamespaceLabels = value; break;
            case "Kubernetes:EndpointPodNames": kubernetes.EndpointPodNames = value == "true"; break;
            case "Kubernetes:NoEndpoints": kubernetes.NoEndpoints = value == "true"; break;
            case "Kubernetes:IgnoreEmptyService": kubernetes.IgnoreEmptyService = value == "true"; break;
            case "Kubernetes:Ptr": kubernetes.Ptr = Choice<EndpointPointers>(line, value); break;
            case "Kubernetes:ClusterDns": kubernetes.ClusterDns = value; break;
            case "Cache:Size": options.Cache.Size = Number(line, value); break;
            case "Cache:MinTtl": options.Cache.MinTtl = Number(line, value); break;
            case "Cache:MaxTtl": options.Cache.MaxTtl = Number(line, value); break;
            case "Cache:NegativeMaxTtl": options.Cache.NegativeMaxTtl = Number(line, value); break;
            case "Cache:FailureTtl": options.Cache.FailureTtl = Number(line, value); break;
            case "Cache:ServeStale": options.Cache.ServeStale = ScriptTime.Read(line, value); break;
            case "Hosts:Ttl": options.Hosts.Ttl = Number(line, value); break;
            case "Forward:Servers": options.Forward.Servers = [.. list.Select(name => addressOf(line, name))]; break;
            case "Forward:PodNameservers": options.Forward.PodNameservers = list; break;
            case "Forward:MaxConcurrent": options.Forward.MaxConcurrent = Number(line, value); break;
            case var rule when rule.StartsWith(RulePrefix, StringComparison.Ordinal):
                options.Forward.Rules = new Dictionary<string, IReadOnlyList<string>>(options.Forward.Rules)
                {
                    [rule[RulePrefix.Length..]] = [.. list.Select(name => addressOf(line, name))],
                };
                break;
            default: throw line.Error($"'{key}' is no option that scripts know");
        }
    }

    private static int Number(ScriptLine line, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw line.Error($"'{value}' is no number");

    private static T Choice<T>(ScriptLine line, string value)
        where T : struct, Enum =>
        Enum.TryParse(value, ignoreCase: true, out T choice)
            ? choice
            : throw line.Error($"'{value}' is none of {string.Join(", ", Enum.GetNames<T>())}");
}
