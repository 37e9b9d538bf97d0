using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Fuzz;

/// <summary>Snapshot files, YAML or JSON: what is read can be built into a cluster view and asked for.</summary>
internal static class SnapshotTarget
{
    public static void Read(byte[] input)
    {
        SnapshotContent content = SnapshotText.Read("fuzz", input);
        Broken.If(content.Error is { Message.Length: 0 }, "refused without a word");
        Broken.If(
            content.Problems.Any(problem => problem.Line < 1 || problem.Message.Length == 0), "a problem names no place or no reason");
        if (content.Objects.Count == 0) return;
        ClusterView view = FuzzWorld.ClusterOf(content.Objects);
        var source = new ClusterSource(view);
        foreach (KubernetesObject item in content.Objects.Take(8))
        {
            string label = item.Name.Length > 0 ? item.Name : "x";
            foreach (RecordType type in (ReadOnlySpan<RecordType>)[RecordType.A, RecordType.AAAA, RecordType.SRV, RecordType.CNAME])
                Ask(source, $"{label}.{item.Namespace}.svc.cluster.local", type);
        }
    }

    private static void Ask(ClusterSource source, string name, RecordType type)
    {
        if (!DnsName.TryParse(name, out DnsName owner, out _)) return;
        using Query query = Query.Rent();
        query.Ask(owner.Span, type);
        if (source.FindAsync(query, CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } answer)
            MessageTargets.WritesWhole(query, answer);
    }
}
