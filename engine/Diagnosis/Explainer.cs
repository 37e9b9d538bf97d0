using KubeDoH.Engine.Diagnosis.Causes;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis;

/// <summary>Answers a question as every other is answered, notes each step, and looks for what is wrong with what came of it.</summary>
public sealed class Explainer
{
    private readonly Surroundings _around;

    internal Explainer(Surroundings around) => _around = around;

    /// <summary>What is wrong with a text that is too long for a name; null when that is not what is wrong with it.</summary>
    public static Finding? FindTooLong(string text) => TooLongCause.OfText(text);

    /// <param name="query">It still belongs to the caller, with its view.</param>
    /// <param name="absolute">The name was asked with its last dot.</param>
    /// <param name="pod">Namespace and name of the pod whose view it is; null for none.</param>
    public async Task<Explanation> ExplainAsync(
        Query query, bool absolute, (string Namespace, string Name)? pod, CancellationToken cancellationToken)
    {
        var trace = new ResolutionTrace(_around.Time);
        query.Trace = trace;
        Answer answer = await _around.Resolver.ResolveAsync(query, cancellationToken).ConfigureAwait(false);
        query.Trace = null;
        TimeSpan took = trace.Elapsed;
        PodObject? seenBy = pod is { } named ? _around.Cluster?.FindPod(named.Namespace, named.Name) : null;
        var @case = new Case(DnsName.Copy(query.Name), query.Type, query.View, absolute, seenBy, answer, trace, _around);
        var findings = new List<Finding>();
        foreach (ICause cause in CauseList.All)
            if (await cause.FindAsync(@case, findings, cancellationToken).ConfigureAwait(false) is { } finding) findings.Add(finding);

        return new Explanation(query.NameAsAsked.ToArray(), query.Type, query.View, answer)
        {
            Steps = trace.Steps,
            Found = trace.Found,
            Took = took,
            Cost = ResolutionCost.Of(@case),
            Findings = findings,
        };
    }
}
