using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis;

/// <summary>A question, how it went, and all that may be looked at to tell why.</summary>
/// <param name="Absolute">The name was asked with its last dot.</param>
/// <param name="Pod">The pod whose view it is; null for none.</param>
internal sealed record Case(
    DnsName Name, RecordType Type, ClientView View, bool Absolute, PodObject? Pod, Answer Answer, ResolutionTrace Trace,
    Surroundings Around)
{
    public bool HasRecords => Answer.HasRecords;

    /// <summary>False for a pod whose questions go to servers of its own: what the cluster has is nothing to it.</summary>
    public bool AsksCluster => View.Upstreams is null;

    /// <summary>The name, or the type at it, is not there.</summary>
    public bool IsAbsent => !HasRecords && Answer.Rcode is Rcode.NoError or Rcode.NxDomain or Rcode.Refused;

    /// <summary>The names that were tried, in order: candidates of the search list, or the name itself.</summary>
    public IReadOnlyList<DnsName> Candidates { get; } = Tried(Trace, Name, Type);

    /// <summary>The name that the answer is about: the candidate that ended the walk, else the name as it is.</summary>
    public DnsName Resolved => Trace.Found ?? Name;

    /// <summary>The verdict that settled it; null when no source answered.</summary>
    public TraceStep? Deciding => Trace.Steps.LastOrDefault(step => step.Answer is not null && step.Name == Resolved && step.Type == Type);

    /// <summary>The names that aliases led to.</summary>
    public IEnumerable<DnsName> AliasTargets => Trace.Steps.Where(step => step.Kind == TraceKind.Alias).Select(step => step.Name);

    /// <summary>
    /// Those of the names that lie in the cluster's zone, read label by label: the one that was found and where its aliases led or, where
    /// nothing was, every candidate.
    /// </summary>
    public IEnumerable<(DnsName Name, ClusterName Parts)> InCluster => (HasRecords ? [Resolved] : Candidates)
        .Concat(AliasTargets)
        .Distinct()
        .Select(name => (name, Parts: ClusterName.Read(Around.Zone, name.Span)))
        .Where(pair => pair.Parts is not null && Around.Cluster is not null && AsksCluster)
        .Select(pair => (pair.name, pair.Parts!));

    /// <summary>What the pipeline answers to another question now; nothing of it is traced.</summary>
    public async ValueTask<Answer> AskAsync(DnsName name, RecordType type, ClientView view, CancellationToken cancellationToken)
    {
        using Query query = Ask(name, type, view);
        return await Around.Resolver.ResolveAsync(query, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What one source answers to the view, whatever stands before it.</summary>
    public async ValueTask<Answer?> AskAsync(IRecordSource source, DnsName name, CancellationToken cancellationToken)
    {
        using Query query = Ask(name, Type, ClientView.Absolute with { Upstreams = View.Upstreams });
        return await source.FindAsync(query, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Pods are read from an API server only once somebody asks for one: this is asking, and waiting a moment.</summary>
    public Task AwaitPodsAsync(CancellationToken cancellationToken) =>
        Around.Views?.AwaitPodsAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>The command that explains another name, seen from the same place.</summary>
    public NextCommand Explain(string name, RecordType? type = null)
    {
        string view = Pod is { } pod ? $"&pod={pod.Namespace}/{pod.Name}" : View.Namespace is { } space ? $"&ns={space}" : "";
        string asked = (type ?? Type) == RecordType.A ? "" : $"&type={RecordTypeText.Write(type ?? Type)}";
        return NextCommand.Get($"/api/v1/explain?name={Uri.EscapeDataString(name)}{asked}{view}");
    }

    /// <summary>The records of an answer as text: <c>A 10.96.0.10</c>.</summary>
    public static IReadOnlyList<string> RecordsOf(Answer answer, DnsName name)
    {
        var texts = new List<string>();
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords records = answer.ReadRecords(name.Span, room);
        while (records.MoveNext())
        {
            if (records.Section == Section.Answer)
                texts.Add($"{RecordTypeText.Write(records.Type)} {RecordText.Write(records.Type, records.Data)}");
        }

        return texts;
    }

    private static Query Ask(DnsName name, RecordType type, ClientView view)
    {
        Query query = Query.Rent();
        query.Ask(name.Span, type);
        query.View = view;
        return query;
    }

    private static IReadOnlyList<DnsName> Tried(ResolutionTrace trace, DnsName name, RecordType type)
    {
        DnsName[] tried = [.. trace.Steps.Where(step => step.Kind == TraceKind.Candidate && step.Type == type)
            .Select(step => step.Name).Distinct()];
        return tried.Length > 0 ? tried : [name];
    }
}
