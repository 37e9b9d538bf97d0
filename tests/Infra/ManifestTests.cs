using KubeDoH.Engine;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Infra;

/// <summary>
/// The objects that are applied to a cluster: each is one that Kubernetes knows, and what they name of each other is there.
/// </summary>
public sealed class ManifestTests
{
    public static TheoryData<string> Folders => [.. Kubectl.Kustomizations];

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task Every_object_is_one_that_Kubernetes_knows(string folder)
    {
        IReadOnlyList<Manifest> manifests = await Kubectl.RenderAsync(folder);

        Assert.NotEmpty(manifests);
        Assert.Empty(manifests.Select(StrictObjects.Refuse).OfType<string>());
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task What_objects_name_of_each_other_is_there(string folder) =>
        Assert.Empty(ManifestRules.Broken(await Kubectl.RenderAsync(folder)));

    [Fact]
    public async Task Every_component_fits_the_base()
    {
        using var folder = new TemporaryFolder();
        foreach (string component in Kubectl.Components)
        {
            IReadOnlyList<Manifest> manifests = await Kubectl.RenderWithAsync(folder, component);
            Assert.Empty(manifests.Select(StrictObjects.Refuse).OfType<string>());
            Assert.Empty(ManifestRules.Broken(manifests));
        }
    }

    [Fact]
    public async Task All_components_fit_together()
    {
        using var folder = new TemporaryFolder();

        IReadOnlyList<Manifest> manifests = await Kubectl.RenderWithAsync(folder, [.. Kubectl.Components]);

        Assert.Empty(manifests.Select(StrictObjects.Refuse).OfType<string>());
        Assert.Empty(ManifestRules.Broken(manifests));
    }

    /// <summary>List and watch of what the service follows when all that can be followed is, and not a verb or a resource more.</summary>
    [Fact]
    public async Task Role_allows_what_is_followed_and_no_more()
    {
        IReadOnlyList<Manifest> manifests = await Kubectl.RenderAsync("infra/kubernetes/base");
        var options = new KubernetesOptions { Pods = PodRecords.Verified };

        Manifest role = manifests.Single(manifest => manifest.Kind == "ClusterRole");
        IEnumerable<string> allowed =
            from rule in role.Get("rules").Items
            from resource in rule["resources"]!.Items
            from verb in rule["verbs"]!.Items
            select $"{verb.Text} {rule["apiGroups"]!.Items.Single().Text}/{resource.Text}";
        IEnumerable<string> needed =
            from resource in WatchedResource.Of(options)
            from verb in (string[])["list", "watch"]
            select $"{verb} {GroupOf(resource.Path)}/{resource.Name}";

        Assert.Equal(needed.Order(StringComparer.Ordinal), allowed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("enableServiceLinks: false", "enableServiceLink: false", "enableServiceLink")]
    [InlineData("replicas: 1", "replicas: many", "replicas")]
    [InlineData("kind: Deployment", "kind: Deploymint", "no Deploymint")]
    public void Planted_mistake_is_refused(string text, string planted, string named)
    {
        const string Yaml = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: kubedoh}
            spec:
              replicas: 1
              selector: {matchLabels: {a: b}}
              template:
                metadata: {labels: {a: b}}
                spec:
                  enableServiceLinks: false
                  containers: [{name: kubedoh, image: kubedoh, resources: {limits: {memory: 256Mi}}, ports: [{containerPort: 80, name: http}]}]
            """;

        Assert.Null(StrictObjects.Refuse(Manifest.ReadAll(Yaml).Single()));
        Assert.Contains(named, StrictObjects.Refuse(
            Manifest.ReadAll(Yaml.Replace(text, planted, StringComparison.Ordinal)).Single()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("targetPort: dns\n", "targetPort: dnss\n", "Service kubedoh: nobody has the port dnss/UDP")]
    [InlineData("claimName: kubedoh-entries", "claimName: lost", "Deployment kubedoh: there is no PersistentVolumeClaim lost")]
    [InlineData(
        "          name: kubedoh\n        name: config", "          name: lost\n        name: config",
        "Deployment kubedoh: there is no ConfigMap lost")]
    [InlineData("            port: ready\n", "            port: reddy\n", "Deployment kubedoh: its probe asks at the port reddy")]
    [InlineData("serviceAccountName: kubedoh", "serviceAccountName: nobody", "Deployment kubedoh: there is no ServiceAccount nobody")]
    [InlineData(
        "        - mountPath: /data\n          name: data\n", "        - mountPath: /data\n          name: dat\n",
        "Deployment kubedoh: there is no volume dat")]
    [InlineData(
        "  selector:\n    app.kubernetes.io/name: kubedoh\n", "  selector:\n    app.kubernetes.io/name: other\n",
        "Service kubedoh: selects no pod")]
    [InlineData(
        "- kind: ServiceAccount\n  name: kubedoh\n", "- kind: ServiceAccount\n  name: nobody\n",
        "ClusterRoleBinding kubedoh: there is no ServiceAccount nobody")]
    [InlineData("- port: dns\n", "- port: dnss\n", "NetworkPolicy kubedoh: nobody has the port dnss")]
    [InlineData(
        "  podSelector:\n    matchLabels:\n      app.kubernetes.io/name: kubedoh\n", "  podSelector: {}\n",
        "NetworkPolicy kubedoh: shuts in the pods of others")]
    public async Task Planted_name_of_nothing_is_found(string text, string planted, string broken)
    {
        string yaml = await Kubectl.RenderTextAsync("infra/kubernetes/overlays/stub");

        Assert.Contains(text, yaml, StringComparison.Ordinal);
        Assert.Contains(broken, ManifestRules.Broken(Manifest.ReadAll(yaml.Replace(text, planted, StringComparison.Ordinal))));
    }

    private static string GroupOf(string path) => path.Split('/') is ["apis", var group, ..] ? group : "";
}
