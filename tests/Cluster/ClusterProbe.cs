using System.Net;
using System.Text;
using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Oracle;

namespace KubeDoH.Tests.Cluster;

/// <summary>A cluster view and what it answers, as text.</summary>
internal sealed class ClusterProbe
{
    private readonly ClusterSource _source;

    public ClusterProbe(TimeProvider time, Action<KubernetesOptions>? configure = null)
    {
        var options = new KubernetesOptions();
        configure?.Invoke(options);
        View = new ClusterView(new ClusterRules(options), time, "cluster");
        _source = new ClusterSource(View);
    }

    public ClusterView View { get; }

    public void Put(object item, int generation = 1) => View.Apply(new ObjectChange.Put(ObjectOf(item), generation));

    public void Remove(object item)
    {
        KubernetesObject gone = ObjectOf(item);
        View.Apply(new ObjectChange.Gone(gone.Kind, gone.Namespace, gone.Name));
    }

    public void EndList(KubernetesKind kind, int generation = 1) => View.Apply(new ObjectChange.Listed(kind, generation));

    /// <summary>
    /// What a question is answered with: the rcode, then the records of the answer and of the additional section, sorted.
    /// </summary>
    public string Ask(string name, RecordType type)
    {
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(name).Span, type);
        if (_source.FindAsync(query, default).AsTask().GetAwaiter().GetResult() is not { } answer) return "not mine";
        byte[] room = new byte[answer.MaxSize(query)];
        OracleAnswer reply = ReplyText.Read(room.AsSpan(0, answer.WriteTo(room, query)));
        return $"{reply.Rcode} {Sorted(reply.Answer)}{(reply.Additional.Count > 0 ? " + " : "")}{Sorted(reply.Additional)}".TrimEnd();
    }

    public static NamespaceObject Namespace(string name, string? label = null) => new()
    {
        Name = name, Labels = label is null ? NoLabels.Instance : new Dictionary<string, string> { ["is"] = label },
    };

    public static ServiceObject Service(string ns, string name, params string[] addresses) => new()
    {
        Namespace = ns, Name = name, ClusterIPs = [.. addresses.Select(IPAddress.Parse)], Headless = addresses.Length == 0,
        Ports = [new PortObject("http", 80, "TCP")],
    };

    public static EndpointSliceObject Slice(string ns, string name, string? service, params string[] endpoints) => new()
    {
        Namespace = ns, Name = name, ServiceName = service, Ports = [new PortObject("http", 8080, "TCP")],
        Endpoints = [.. endpoints.Select(Endpoint)],
    };

    /// <summary><c>10.1.0.1</c>, <c>10.1.0.1/hostname</c>, and <c>!10.1.0.1</c> for one that is not ready.</summary>
    private static EndpointObject Endpoint(string text)
    {
        string[] parts = text.TrimStart('!').Split('/');
        return new EndpointObject
        {
            Addresses = [IPAddress.Parse(parts[0])], Hostname = parts.ElementAtOrDefault(1), Ready = !text.StartsWith('!'),
        };
    }

    private static KubernetesObject ObjectOf(object item) => item switch
    {
        NamespaceObject it => new(KubernetesKind.Namespace, "", it.Name, 0, it),
        ServiceObject it => new(KubernetesKind.Service, it.Namespace, it.Name, 0, it),
        EndpointSliceObject it => new(KubernetesKind.EndpointSlice, it.Namespace, it.Name, 0, it),
        PodObject it => new(KubernetesKind.Pod, it.Namespace, it.Name, 0, it),
        _ => throw new ArgumentException(item.ToString()),
    };

    private static string Sorted(IEnumerable<TextRecord> records) =>
        string.Join(" | ", records.Select(record => $"{record.Owner} {record.Type} {record.Data}").Order(StringComparer.Ordinal));
}
