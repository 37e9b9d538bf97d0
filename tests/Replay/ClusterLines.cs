using System.Globalization;
using System.Net;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Replay;

/// <summary>
/// Cluster objects, one a line:
/// <code>
/// namespace shop [key=value …]
/// service shop/web 10.96.0.10[,fd00::1] [http/TCP/80 TCP/8080 …] [key=value …] [@TIME]
/// service shop/db headless [ports] | service shop/ext external=www.example.com
/// endpoints shop/db [ports] 10.244.1.5[=hostname][/pod] !10.244.1.9 …    (! for not ready, !! for terminating)
/// pod shop/p1 10.244.0.11[,fd00::b] … [done] [hostNetwork] [fqdn] [noServiceLinks] [@TIME]
/// [policy=None] [notReady=Reason] [hostname=box] [subdomain=db] [override=box.example] [nameserver=192.0.2.53] [search=corp.example]
/// [option=ndots:2] [alias=10.1.1.1=foo.local,bar.local] (the last four as often as needed)
/// </code>
/// Every line of endpoints is a slice of its own. A time is when a service was made, or a pod started.
/// </summary>
internal static class ClusterLines
{
    private static readonly string[] Protocols = ["TCP", "UDP", "SCTP"];

    public static ClusterObjects Read(IReadOnlyList<ScriptLine> lines)
    {
        var namespaces = new List<NamespaceObject>();
        var services = new List<ServiceObject>();
        var slices = new List<EndpointSliceObject>();
        var pods = new List<PodObject>();
        foreach (ScriptLine line in lines)
        {
            switch (line.Words[0])
            {
                case "namespace": namespaces.Add(new NamespaceObject { Name = line.Word(1, "the name"), Labels = Labels(line, 2) }); break;
                case "service": services.Add(Service(line)); break;
                case "endpoints": slices.Add(Slice(line, $"slice-{slices.Count + 1}")); break;
                case "pod": pods.Add(PodLine.Read(line)); break;
                default: throw line.Error("a cluster holds namespace, service, endpoints and pod lines");
            }
        }

        return new ClusterObjects { Namespaces = namespaces, Services = services, EndpointSlices = slices, Pods = pods };
    }

    private static ServiceObject Service(ScriptLine line)
    {
        (string space, string name) = Named(line);
        string kind = line.Word(2, "an address, 'headless' or 'external=name'");
        var service =
            new ServiceObject { Namespace = space, Name = name, Ports = Ports(line, 3), Labels = Labels(line, 3), CreatedAt = Time(line) };
        if (kind == "headless") return service with { Headless = true };
        return kind.StartsWith("external=", StringComparison.Ordinal)
            ? service with { Type = "ExternalName", ExternalName = kind[9..] }
            : service with { ClusterIPs = [.. kind.Split(',').Select(text => Address(line, text))] };
    }

    private static EndpointSliceObject Slice(ScriptLine line, string slice)
    {
        (string space, string name) = Named(line);
        IEnumerable<string> endpoints = line.Words.Skip(2).Where(word => !IsPort(word));
        return new EndpointSliceObject
        {
            Namespace = space, Name = slice, ServiceName = name, Ports = Ports(line, 2),
            Endpoints = [.. endpoints.Select(word => Endpoint(line, word))],
        };
    }

    private static EndpointObject Endpoint(ScriptLine line, string word)
    {
        string[] podParts = word.TrimStart('!').Split('/', 2);
        string[] parts = podParts[0].Split('=', 2);
        return new EndpointObject
        {
            Addresses = [Address(line, parts[0])],
            Hostname = parts.ElementAtOrDefault(1),
            PodName = podParts.ElementAtOrDefault(1),
            Ready = word[0] != '!',
            Terminating = word.StartsWith("!!", StringComparison.Ordinal),
        };
    }

    public static (string Namespace, string Name) Named(ScriptLine line) =>
        line.Word(1, "namespace/name").Split('/') is [var space, var name]
            ? (space, name)
            : throw line.Error("an object is called namespace/name");

    private static bool IsPort(string word) => word.Split('/') is { Length: 2 or 3 } parts && Protocols.Contains(parts[^2]);

    private static List<PortObject> Ports(ScriptLine line, int from) =>
        [.. line.Words.Skip(from).Where(IsPort).Select(word => word.Split('/')).Select(parts =>
            new PortObject(parts.Length == 3 ? parts[0] : "",
                int.TryParse(parts[^1], out int port) ? port : throw line.Error("a port is a number"), parts[^2]))];

    private static Dictionary<string, string> Labels(ScriptLine line, int from)
    {
        string[] words = [.. line.Words.Skip(from).Where(word => !IsPort(word) && word[0] != '@')];
        if (words.FirstOrDefault(word => !word.Contains('=', StringComparison.Ordinal)) is { } odd)
            throw line.Error($"'{odd}' is no port and no label");
        return words.Select(word => word.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
    }

    /// <summary>The word behind an <c>@</c>, where there is one.</summary>
    public static DateTimeOffset? Time(ScriptLine line) =>
        line.Words.FirstOrDefault(word => word[0] == '@') is { } word
            ? DateTimeOffset.TryParse(word[1..], CultureInfo.InvariantCulture, out DateTimeOffset time)
            ? time
            : throw line.Error($"'{word}' is no time")
            : null;

    public static IPAddress Address(ScriptLine line, string text) =>
        IPAddress.TryParse(text, out IPAddress? address) ? address : throw line.Error($"'{text}' is no address");
}
