namespace KubeDoH.Engine.Kubernetes;

/// <summary>One kind of object to follow.</summary>
/// <param name="Name">The resource in plural, as RBAC has it.</param>
/// <param name="Path">Where the server lists it, without a slash in front.</param>
/// <param name="Selection">Query parameters that leave out what is not seen, each with an ampersand in front; "" for all.</param>
internal sealed record WatchedResource(KubernetesKind Kind, string Name, string Path, string Selection)
{
    /// <summary>What the names of the options need; what the server can leave out by itself is not asked for.</summary>
    public static IReadOnlyList<WatchedResource> Of(KubernetesOptions options)
    {
        string within = Within(options);
        string named = within.Length == 0 ? "" : $"&fieldSelector=metadata.name%3D{options.Namespaces[0]}";
        List<WatchedResource> resources =
        [
            new(KubernetesKind.Namespace, "namespaces", "api/v1/namespaces", named + Labels(options.NamespaceLabels)),
            new(KubernetesKind.EndpointSlice, "endpointslices", $"apis/discovery.k8s.io/v1/{within}endpointslices", ""),
            new(KubernetesKind.Service, "services", $"api/v1/{within}services", Labels(options.Labels)),
        ];
        if (options.Pods == PodRecords.Verified) resources.Add(Pods(options));
        return resources;
    }

    /// <summary>The pods.</summary>
    public static WatchedResource Pods(KubernetesOptions options) => new(KubernetesKind.Pod, "pods", $"api/v1/{Within(options)}pods", "");

    /// <summary>
    /// One namespace is a place of its own at the server, which a Role is enough for; several would be as many watches.
    /// </summary>
    private static string Within(KubernetesOptions options) => options.Namespaces is [var single] ? $"namespaces/{single}/" : "";

    private static string Labels(string? selector) =>
        string.IsNullOrWhiteSpace(selector) ? "" : $"&labelSelector={Uri.EscapeDataString(selector)}";
}
