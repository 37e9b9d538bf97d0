using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Tests.Fakes.ApiServer;
using KubeDoH.Tests.Oracle;

namespace KubeDoH.Tests.Cluster;

/// <summary>
/// The recorded cluster's services and slices made anew at an API server, in namespaces of their own, and removed with them. The
/// services have no selectors and the slices name another manager, so that no controller touches them; addresses are the server's.
/// </summary>
internal sealed partial class ReferenceObjects : IAsyncDisposable
{
    /// <summary>On each namespace: what a run that was killed has left behind is found by it.</summary>
    public const string Label = "app.kubernetes.io/managed-by", LabelValue = "kubedoh-tests";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly string[] Recorded = ["dns-playground", "spec", "empty"];

    private readonly ApiConnection _server;
    private readonly string _prefix;
    private readonly List<string> _made = [];
    private readonly List<ServiceObject> _services = [];
    private readonly List<EndpointSliceObject> _slices = [];

    public ReferenceObjects(ApiConnection server, string prefix) => (_server, _prefix) = (server, prefix);

    /// <summary>The namespaces, once they are made.</summary>
    public IReadOnlyList<string> Namespaces => _made;

    /// <summary>What the server now holds of us, as it said: with the addresses that it gave.</summary>
    public World World => Oracle.RecordedCluster.World() with
    {
        ExposedNamespaces = _made,
        Namespaces = [.. _made.Select(name => new NamespaceObject { Name = name })],
        Services = _services,
        EndpointSlices = _slices,
        PodList = [],
    };

    /// <summary>The names of the recording in a text, moved into our namespaces.</summary>
    public string Rename(string text) => NamespaceName().Replace(text, match => $"{_prefix}-{match.Value.ToLowerInvariant()}");

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        World recorded = Oracle.RecordedCluster.World();
        foreach (string name in Recorded.Select(Own)) await CreateNamespaceAsync(name, cancellationToken);
        foreach (ServiceObject service in recorded.Services.Where(service => Recorded.Contains(service.Namespace)))
            await CreateServiceAsync(
                service with { Namespace = Own(service.Namespace), ExternalName = Renamed(service.ExternalName) }, cancellationToken);
        foreach (EndpointSliceObject slice in recorded.EndpointSlices.Where(slice => Recorded.Contains(slice.Namespace)))
            await CreateSliceAsync(slice with { Namespace = Own(slice.Namespace) }, cancellationToken);
    }

    /// <summary>Removes the namespaces with all in them, and waits until the server has done it; also after a failure or Ctrl-C.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        foreach (string name in _made)
        {
            using HttpResponseMessage deleted =
                await _server.SendAsync(HttpMethod.Delete, $"api/v1/namespaces/{name}", null, patience.Token);
            if (!deleted.IsSuccessStatusCode && deleted.StatusCode != HttpStatusCode.NotFound)
                Console.Error.WriteLine($"namespace {name} is left behind: {await deleted.Content.ReadAsStringAsync(patience.Token)}");
        }

        foreach (string name in _made)
            while (await IsThereAsync(name, patience.Token)) await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
        _made.Clear();
    }

    private async Task<bool> IsThereAsync(string name, CancellationToken cancellationToken)
    {
        using HttpResponseMessage reply = await _server.GetAsync($"api/v1/namespaces/{name}", cancellationToken);
        return reply.StatusCode != HttpStatusCode.NotFound;
    }

    private async Task CreateNamespaceAsync(string name, CancellationToken cancellationToken)
    {
        // Noted before it is asked for: a request that is cut off may have been obeyed.
        _made.Add(name);
        await CreateAsync("api/v1/namespaces", new JsonObject
        {
            ["kind"] = "Namespace", ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { [Label] = LabelValue } },
        }, cancellationToken);
    }

    private async Task CreateServiceAsync(ServiceObject service, CancellationToken cancellationToken)
    {
        var spec = new JsonObject();
        if (service.Ports.Count > 0) spec["ports"] = ObjectJson.Ports(service.Ports);
        if (service.ExternalName is { } target) (spec["type"], spec["externalName"]) = ("ExternalName", target);
        if (service.Headless) spec["clusterIP"] = "None";
        if (service.ClusterIPs.Count > 1) spec["ipFamilyPolicy"] = "PreferDualStack";
        else if (service.ClusterIPs is [{ AddressFamily: AddressFamily.InterNetworkV6 }]) spec["ipFamilies"] = new JsonArray("IPv6");
        var tree = new JsonObject
        {
            ["kind"] = "Service", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["name"] = service.Name }, ["spec"] = spec,
        };
        string path = $"api/v1/namespaces/{service.Namespace}/services";
        JsonElement? made = await TryCreateAsync(path, tree, cancellationToken);
        if (made is null)
        {
            // A cluster of one family: the service is one of that family there.
            spec.Remove("ipFamilies");
            made = await CreateAsync(path, tree, cancellationToken);
        }

        _services.Add(Oracle.RecordedCluster.Service(made.Value));
    }

    private async Task CreateSliceAsync(EndpointSliceObject slice, CancellationToken cancellationToken)
    {
        bool isV6 = slice.Endpoints.Any(endpoint => endpoint.Addresses[0].AddressFamily == AddressFamily.InterNetworkV6);
        await CreateAsync($"apis/discovery.k8s.io/v1/namespaces/{slice.Namespace}/endpointslices", new JsonObject
        {
            ["kind"] = "EndpointSlice", ["apiVersion"] = "discovery.k8s.io/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = slice.Name,
                ["labels"] = new JsonObject
                {
                    ["kubernetes.io/service-name"] = slice.ServiceName, ["endpointslice.kubernetes.io/managed-by"] = "tests.kubedoh.dev",
                },
            },
            ["addressType"] = isV6 ? "IPv6" : "IPv4",
            ["endpoints"] = new JsonArray([.. slice.Endpoints.Select(endpoint => ObjectJson.Endpoint(endpoint with { PodName = null }))]),
            ["ports"] = ObjectJson.Ports(slice.Ports),
        }, cancellationToken);
        _slices.Add(slice with { Endpoints = [.. slice.Endpoints.Select(endpoint => endpoint with { PodName = null })] });
    }

    private async Task<JsonElement> CreateAsync(string path, JsonObject tree, CancellationToken cancellationToken) =>
        await TryCreateAsync(path, tree, cancellationToken)
        ?? throw new InvalidOperationException($"the API server takes no {tree["kind"]} like {tree}");

    /// <summary>The object as the server made it; null when it says that it is invalid.</summary>
    private async Task<JsonElement?> TryCreateAsync(string path, JsonObject tree, CancellationToken cancellationToken)
    {
        using var content = new StringContent(tree.ToJsonString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage reply = await _server.SendAsync(HttpMethod.Post, path, content, cancellationToken);
        string text = await reply.Content.ReadAsStringAsync(cancellationToken);
        if (reply.StatusCode == HttpStatusCode.UnprocessableEntity) return null;
        if (!reply.IsSuccessStatusCode) throw new InvalidOperationException($"create {path}: {(int)reply.StatusCode} {text}");
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private string Own(string ns) => $"{_prefix}-{ns}";

    private string? Renamed(string? target) => target is null ? null : Rename(target);

    [GeneratedRegex(@"(?<![\w-])(dns-playground|spec|empty)(?=\.(svc|pod)\.cluster\.local)", RegexOptions.IgnoreCase)]
    private static partial Regex NamespaceName();
}
