using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Engine.Views;

/// <summary>
/// The variables with which the kubelet tells a container of services (Kubernetes: pkg/kubelet/envvars, and getServiceEnvVarMap of
/// pkg/kubelet/kubelet_pods.go).
/// </summary>
internal static class ServiceVariables
{
    /// <summary>Sorted by name. Of a namespace's services those that have an address and were there already.</summary>
    /// <param name="master"><c>kubernetes</c> of the namespace <c>default</c>, whose variables every container has.</param>
    /// <param name="startedAt">When the container was started; null for one that starts now.</param>
    public static IReadOnlyDictionary<string, string> Of(
        IEnumerable<ServiceObject> services, ServiceObject? master, DateTimeOffset? startedAt)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        IEnumerable<ServiceObject> own = services
            .Where(service => service != master && (startedAt is null || service.CreatedAt is null || service.CreatedAt <= startedAt))
            .OrderBy(service => service.Name, StringComparer.Ordinal);
        IEnumerable<ServiceObject> all = master is null ? own : own.Prepend(master);
        // A service of the namespace that is called kubernetes too stands in the place of the master.
        foreach (ServiceObject service in all.GroupBy(service => service.Name).Select(same => same.Last()))
            foreach ((string name, string value) in Of(service)) variables[name] = value;
        return variables;
    }

    private static IEnumerable<(string Name, string Value)> Of(ServiceObject service)
    {
        if (service.ClusterIPs is not [IPAddress address, ..]) yield break;
        string prefix = NameOf(service.Name);
        yield return ($"{prefix}_SERVICE_HOST", address.ToString());
        if (service.Ports is not [PortObject first, ..]) yield break;
        yield return ($"{prefix}_SERVICE_PORT", Number(first));
        foreach (PortObject port in service.Ports.Where(port => port.Name.Length > 0))
            yield return ($"{prefix}_SERVICE_PORT_{NameOf(port.Name)}", Number(port));

        // As links of Docker named them.
        yield return ($"{prefix}_PORT", Url(address, first));
        foreach (PortObject port in service.Ports)
        {
            string link = $"{prefix}_PORT_{Number(port)}_{port.Protocol.ToUpperInvariant()}";
            yield return (link, Url(address, port));
            yield return ($"{link}_PROTO", port.Protocol.ToLowerInvariant());
            yield return ($"{link}_PORT", Number(port));
            yield return ($"{link}_ADDR", address.ToString());
        }
    }

    private static string NameOf(string name) => name.Replace('-', '_').ToUpperInvariant();

    private static string Number(PortObject port) => port.Port.ToString(CultureInfo.InvariantCulture);

    private static string Url(IPAddress address, PortObject port)
    {
        string host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : $"{address}";
        return $"{port.Protocol.ToLowerInvariant()}://{host}:{Number(port)}";
    }
}
