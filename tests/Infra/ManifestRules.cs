using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Infra;

/// <summary>What objects that are applied together say of each other.</summary>
internal static class ManifestRules
{
    /// <summary>Secrets are an operator's to make: they stand in no file.</summary>
    private static readonly string[] MadeByHand = ["kubedoh-tls", "kubedoh-tokens"];

    /// <summary>Objects that every cluster has.</summary>
    private static readonly string[] Everywhere = ["ClusterRole system:auth-delegator"];

    /// <summary>A line for each name of something that is not there.</summary>
    public static IEnumerable<string> Broken(IReadOnlyList<Manifest> manifests) => manifests.SelectMany(manifest => manifest.Kind switch
    {
        "Deployment" => Workload(manifest, manifests),
        "Service" when manifest.ApiVersion == "v1" => Service(manifest, manifests),
        "Service" => Account(manifest, manifests),
        "HorizontalPodAutoscaler" => Missing(manifest, manifests, manifest.Get("spec", "scaleTargetRef")),
        "PodDisruptionBudget" => Selects(manifest, manifests, manifest.Get("spec", "selector", "matchLabels")),
        "NetworkPolicy" => Policy(manifest, manifests),
        "ClusterRoleBinding" => [.. Missing(manifest, manifests, manifest.Get("roleRef")), .. manifest.Get("subjects").Items.SelectMany(
            subject => Missing(manifest, manifests, subject))],
        "ServiceMonitor" => Selected(manifest, manifests),
        _ => [],
    });

    private static IEnumerable<string> Workload(Manifest manifest, IReadOnlyList<Manifest> manifests)
    {
        KubeNode pod = PodOf(manifest), container = pod["containers"]!.Items.Single();
        if (pod["enableServiceLinks"]?.Text != "false")
            yield return $"{manifest}: a Service kubedoh puts its variables into the environment";
        foreach (string broken in Account(manifest, manifests)) yield return broken;

        Dictionary<string, KubeNode> volumes = pod["volumes"]!.Items.ToDictionary(volume => volume["name"]!.Text);
        foreach (KubeNode mount in container["volumeMounts"]!.Items)
            if (!volumes.ContainsKey(mount["name"]!.Text)) yield return $"{manifest}: there is no volume {mount["name"]!.Text}";
        foreach (KubeNode volume in volumes.Values)
        {
            (string kind, string? name) = (volume["configMap"], volume["persistentVolumeClaim"], volume["secret"]) switch
            {
                ({ } map, _, _) => ("ConfigMap", map["name"]!.Text),
                (_, { } claim, _) => ("PersistentVolumeClaim", claim["claimName"]!.Text),
                (_, _, { } secret) => ("Secret", secret["secretName"]!.Text),
                _ => ("", null),
            };
            if (name is not null && !MadeByHand.Contains(name) && !Has(manifests, kind, name))
                yield return $"{manifest}: there is no {kind} {name}";
        }

        HashSet<string> ports = [.. PortsOf(manifest).Select(port => port.Name)];
        foreach (string probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
        {
            string port = container[probe]!["httpGet"]!["port"]!.Text;
            if (!ports.Contains(port)) yield return $"{manifest}: its probe asks at the port {port}";
        }
    }

    private static IEnumerable<string> Account(Manifest manifest, IReadOnlyList<Manifest> manifests)
    {
        string account = PodOf(manifest)["serviceAccountName"]!.Text;
        if (!Has(manifests, "ServiceAccount", account)) yield return $"{manifest}: there is no ServiceAccount {account}";
    }

    private static IEnumerable<string> Service(Manifest manifest, IReadOnlyList<Manifest> manifests)
    {
        Manifest[] selected = [.. Workloads(manifests).Where(workload => IsSelected(workload, manifest.Get("spec", "selector")))];
        if (selected.Length == 0) yield return $"{manifest}: selects no pod";
        foreach (KubeNode port in manifest.Get("spec", "ports").Items)
        {
            (string Name, string Protocol) target = (port["targetPort"]!.Text, port["protocol"]!.Text);
            if (!selected.SelectMany(PortsOf).Contains(target))
                yield return $"{manifest}: nobody has the port {target.Name}/{target.Protocol}";
        }
    }

    private static IEnumerable<string> Policy(Manifest manifest, IReadOnlyList<Manifest> manifests)
    {
        if (manifest.At("spec", "podSelector", "matchLabels") is not { } selector)
        {
            yield return $"{manifest}: shuts in the pods of others";
            yield break;
        }

        foreach (string broken in Selects(manifest, manifests, selector)) yield return broken;
        HashSet<string> ports = [.. Workloads(manifests).SelectMany(PortsOf).Select(port => port.Name)];
        foreach (KubeNode port in manifest.Get("spec", "ingress").Items.SelectMany(rule => rule["ports"]!.Items))
            if (!ports.Contains(port["port"]!.Text)) yield return $"{manifest}: nobody has the port {port["port"]!.Text}";
    }

    /// <summary>A ServiceMonitor looks for services by their labels, and in them for a port by its name.</summary>
    private static IEnumerable<string> Selected(Manifest manifest, IReadOnlyList<Manifest> manifests)
    {
        IReadOnlyDictionary<string, string> wanted = Manifest.Words(manifest.Get("spec", "selector", "matchLabels"));
        Manifest[] services = [.. manifests.Where(other => other is { Kind: "Service", ApiVersion: "v1" }
            && wanted.All(Manifest.Words(other.At("metadata", "labels")).Contains))];
        foreach (KubeNode endpoint in manifest.Get("spec", "endpoints").Items)
        {
            string port = endpoint["port"]!.Text;
            if (!services.Any(service => service.Get("spec", "ports").Items.Any(own => own["name"]!.Text == port)))
                yield return $"{manifest}: no service that it selects has the port {port}";
        }
    }

    private static IEnumerable<string> Selects(Manifest manifest, IReadOnlyList<Manifest> manifests, KubeNode selector)
    {
        if (!Workloads(manifests).Any(workload => IsSelected(workload, selector))) yield return $"{manifest}: selects no pod";
    }

    private static IEnumerable<string> Missing(Manifest manifest, IReadOnlyList<Manifest> manifests, KubeNode reference)
    {
        (string kind, string name) = (reference["kind"]!.Text, reference["name"]!.Text);
        if (!Everywhere.Contains($"{kind} {name}") && !manifests.Any(other => other.Kind == kind && other.Name == name
            && (reference["namespace"] is not { } home || home.Text == other.Namespace)))
            yield return $"{manifest}: there is no {kind} {name}";
    }

    private static bool Has(IReadOnlyList<Manifest> manifests, string kind, string name) =>
        manifests.Any(other => other.Kind == kind && other.Name == name);

    private static IEnumerable<Manifest> Workloads(IReadOnlyList<Manifest> manifests) =>
        manifests.Where(manifest => manifest.Kind == "Deployment");

    private static bool IsSelected(Manifest workload, KubeNode selector) =>
        Manifest.Words(selector).All(Manifest.Words(workload.Get("spec", "template", "metadata", "labels")).Contains);

    private static IEnumerable<(string Name, string Protocol)> PortsOf(Manifest workload) =>
        PodOf(workload)["containers"]!.Items.SelectMany(container => container["ports"]!.Items)
            .Select(port => (port["name"]!.Text, port["protocol"]!.Text));

    private static KubeNode PodOf(Manifest workload) => workload.Get("spec", "template", "spec");
}
