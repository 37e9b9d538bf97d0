using System.Net;
using System.Text.Json;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Oracle;

/// <summary>The recorded cluster of <c>Data/cluster</c> as a world, read with a reader of the tests' own.</summary>
internal static class RecordedCluster
{
    public static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "cluster");

    private const string ExampleSoa = "ns.example.com. admin.example.com. 1 3600 600 86400 300";
    private const string RootSoa = "a.root-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 86400";

    public static World World() => new()
    {
        Namespaces = Read("namespaces", item => new NamespaceObject { Name = Name(item), Labels = Labels(item) }),
        Services = Read("services", Service),
        EndpointSlices = Read("endpointslices", Slice),
        PodList = Read("pods", Pod),
        Hosts =
        [
            new(IPAddress.Parse("203.0.113.9"), ["dns-playground.external"]),
            new(IPAddress.Parse("10.211.55.2"), ["host.minikube.internal"]),
        ],
        Upstream = new(
            [new("", 300, RootSoa), new("example.com", 300, ExampleSoa)],
            [
                new("example.com", "MX", 300, ["10 mail.example.com."]),
                new("example.com", "TXT", 300, ["\"v=spf1 -all\""]),
                new("example.com", "CAA", 300, ["0 issue \"ca.example.net\""]),
                new("www.example.com", "A", 300, ["192.0.2.53"]),
                new("www.example.com", "AAAA", 300, ["2001:db8::53"]),
                new("alias.example.com", "CNAME", 300, ["www.example.com."]),
                new("svc.example.com", "HTTPS", 300, ["1 . alpn=\"h2\""]),
            ],
            []),
    };

    /// <summary>A Service as the API server has it.</summary>
    public static ServiceObject Service(JsonElement item)
    {
        var spec = item.GetProperty("spec");
        var clusterIp = Text(spec, "clusterIP");
        return new()
        {
            Namespace = Namespace(item),
            Name = Name(item),
            Labels = Labels(item),
            Type = Text(spec, "type") ?? "ClusterIP",
            Headless = clusterIp == "None",
            ClusterIPs = clusterIp is null or "None" ? [] : [.. Items(spec, "clusterIPs").Select(i => IPAddress.Parse(i.GetString()!))],
            ExternalName = Text(spec, "externalName"),
            Ports = Ports(spec),
        };
    }

    private static EndpointSliceObject Slice(JsonElement item) => new()
    {
        Namespace = Namespace(item),
        Name = Name(item),
        ServiceName = Labels(item).GetValueOrDefault("kubernetes.io/service-name"),
        Ports = Ports(item),
        Endpoints = [.. Items(item, "endpoints").Select(Endpoint)],
    };

    private static EndpointObject Endpoint(JsonElement item) => new()
    {
        Addresses = [.. Items(item, "addresses").Select(a => IPAddress.Parse(a.GetString()!))],
        Hostname = Text(item, "hostname"),
        Ready = !item.TryGetProperty("conditions", out var conditions) || !conditions.TryGetProperty("ready", out var ready)
            || ready.GetBoolean(),
        PodName = item.TryGetProperty("targetRef", out var target) && Text(target, "kind") == "Pod" ? Text(target, "name") : null,
    };

    private static PodObject Pod(JsonElement item) => new()
    {
        Namespace = Namespace(item),
        Name = Name(item),
        IPs = [.. Items(item.GetProperty("status"), "podIPs").Select(i => IPAddress.Parse(Text(i, "ip")!))],
        Live = Text(item.GetProperty("status"), "phase") is not ("Succeeded" or "Failed"),
    };

    private static List<PortObject> Ports(JsonElement item) =>
        [.. Items(item, "ports").Select(
            p => new PortObject(Text(p, "name") ?? "", p.GetProperty("port").GetInt32(), Text(p, "protocol") ?? "TCP"))];

    private static List<T> Read<T>(string list, Func<JsonElement, T> convert)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "api", list + ".json")));
        return [.. document.RootElement.GetProperty("items").EnumerateArray().Select(convert)];
    }

    private static string Name(JsonElement item) => Text(item.GetProperty("metadata"), "name")!;

    private static string Namespace(JsonElement item) => Text(item.GetProperty("metadata"), "namespace")!;

    private static Dictionary<string, string> Labels(JsonElement item) =>
        item.GetProperty("metadata").TryGetProperty("labels", out var labels)
        ? labels.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!)
        : [];

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static List<JsonElement> Items(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [];
}
