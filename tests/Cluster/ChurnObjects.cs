using System.Text.Json.Nodes;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Tests.Fakes.ApiServer;
using KubeDoH.Tests.Oracle;

namespace KubeDoH.Tests.Cluster;

/// <summary>A cluster under change: what the oracle is to know of it, and the same objects in the API server.</summary>
internal sealed class ChurnObjects(FakeApiServer server, World rules)
{
    private readonly Dictionary<string, NamespaceObject> _namespaces = [];
    private readonly Dictionary<string, ServiceObject> _services = [];
    private readonly Dictionary<string, EndpointSliceObject> _slices = [];
    private readonly Dictionary<string, PodObject> _pods = [];

    /// <summary>The objects as they are now, under the rules given.</summary>
    public World World => rules with
    {
        Namespaces = [.. _namespaces.Values],
        Services = [.. _services.Values],
        EndpointSlices = [.. _slices.Values],
        PodList = [.. _pods.Values],
    };

    public void Put(NamespaceObject item)
    {
        _namespaces[item.Name] = item;
        server.Objects.Put(ApiResource.Namespaces, Labelled(SampleObjects.Namespace(item.Name), item.Labels));
    }

    public void Put(ServiceObject item)
    {
        // The number 0 stands for all ports, which a service cannot have.
        item = item with { Ports = [.. item.Ports.Select(port => port.Port == 0 ? port with { Port = 9999 } : port)] };
        _services[$"{item.Namespace}/{item.Name}"] = item;
        server.Objects.Put(ApiResource.Services, Json(item));
    }

    public void Put(EndpointSliceObject item)
    {
        item = OneFamily(item);
        _slices[$"{item.Namespace}/{item.Name}"] = item;
        server.Objects.Put(ApiResource.EndpointSlices, Json(item));
    }

    public void Put(PodObject item)
    {
        _pods[$"{item.Namespace}/{item.Name}"] = item;
        server.Objects.Put(ApiResource.Pods, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = item.Name, ["namespace"] = item.Namespace },
            ["spec"] = new JsonObject { ["containers"] = new JsonArray() },
            ["status"] = new JsonObject
            {
                ["phase"] = item.Live ? "Running" : "Succeeded",
                ["podIPs"] = new JsonArray([.. item.IPs.Select(address => new JsonObject { ["ip"] = $"{address}" })]),
            },
        });
    }

    public void DeleteNamespace(string name) => Delete(ApiResource.Namespaces, _namespaces, "", name, name);

    public void DeleteService(string ns, string name) => Delete(ApiResource.Services, _services, ns, name, $"{ns}/{name}");

    public void DeleteSlice(string ns, string name) => Delete(ApiResource.EndpointSlices, _slices, ns, name, $"{ns}/{name}");

    public void DeletePod(string ns, string name) => Delete(ApiResource.Pods, _pods, ns, name, $"{ns}/{name}");

    /// <summary>Puts every object of a world, over what is there.</summary>
    public void PutAll(World world)
    {
        foreach (NamespaceObject item in world.Namespaces) Put(item);
        foreach (ServiceObject item in world.Services) Put(item);
        foreach (EndpointSliceObject item in world.EndpointSlices) Put(item);
        foreach (PodObject item in world.PodList) Put(item);
    }

    private void Delete<T>(ApiResource resource, Dictionary<string, T> known, string ns, string name, string key)
    {
        if (known.Remove(key)) server.Objects.Delete(resource, ns, name);
    }

    /// <summary>A slice has an address type: the first endpoint's, and of the others what is of it.</summary>
    private static EndpointSliceObject OneFamily(EndpointSliceObject item)
    {
        if (item.Endpoints.Count == 0) return item;
        var family = item.Endpoints[0].Addresses[0].AddressFamily;
        IEnumerable<EndpointObject> endpoints = item.Endpoints
            .Select(endpoint => endpoint with { Addresses = [.. endpoint.Addresses.Where(address => address.AddressFamily == family)] });
        return item with { Endpoints = [.. endpoints.Where(endpoint => endpoint.Addresses.Count > 0)] };
    }

    private static JsonObject Json(ServiceObject item)
    {
        var spec = new JsonObject { ["type"] = item.Type, ["ports"] = ObjectJson.Ports(item.Ports) };
        if (item.ExternalName is { } target) spec["externalName"] = target;
        IReadOnlyList<string> addresses = item.Headless ? ["None"] : [.. item.ClusterIPs.Select(address => $"{address}")];
        if (addresses.Count > 0)
        {
            spec["clusterIP"] = addresses[0];
            spec["clusterIPs"] = new JsonArray([.. addresses.Select(address => (JsonNode)address)]);
        }

        var metadata = new JsonObject { ["name"] = item.Name, ["namespace"] = item.Namespace };
        return Labelled(new JsonObject { ["metadata"] = metadata, ["spec"] = spec }, item.Labels);
    }

    private static JsonObject Json(EndpointSliceObject item)
    {
        JsonNode[] endpoints = [.. item.Endpoints.Select(ObjectJson.Endpoint)];
        JsonObject slice = SampleObjects.SliceOf(item.Namespace, item.Name, item.ServiceName ?? "", endpoints);
        if (item.ServiceName is null) ((JsonObject)slice["metadata"]!).Remove("labels");
        slice["ports"] = ObjectJson.Ports(item.Ports);
        return slice;
    }

    private static JsonObject Labelled(JsonObject tree, IReadOnlyDictionary<string, string> labels)
    {
        var metadata = (JsonObject)tree["metadata"]!;
        if (metadata["labels"] is not JsonObject written) metadata["labels"] = written = [];
        foreach ((string key, string value) in labels) written[key] = value;
        return tree;
    }
}
