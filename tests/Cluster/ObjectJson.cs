using System.Text.Json.Nodes;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Tests.Fakes.ApiServer;

namespace KubeDoH.Tests.Cluster;

/// <summary>Parts of trimmed objects as the API has them.</summary>
internal static class ObjectJson
{
    public static JsonObject Endpoint(EndpointObject item)
    {
        JsonObject endpoint = SampleObjects.Endpoint($"{item.Addresses[0]}", item.Ready, item.Hostname);
        endpoint["addresses"] = new JsonArray([.. item.Addresses.Select(address => (JsonNode)$"{address}")]);
        if (item.PodName is { } pod) endpoint["targetRef"] = new JsonObject { ["kind"] = "Pod", ["name"] = pod };
        return endpoint;
    }

    public static JsonArray Ports(IReadOnlyList<PortObject> ports) => new([.. ports.Select(port =>
    {
        var json = new JsonObject { ["name"] = port.Name, ["protocol"] = port.Protocol };
        if (port.Port > 0) json["port"] = port.Port;
        return json;
    })]);
}
