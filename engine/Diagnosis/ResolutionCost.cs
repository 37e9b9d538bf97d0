using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis;

/// <summary>What a question cost, and what it would have cost elsewhere.</summary>
/// <param name="UpstreamQuestions">Messages that went to upstream servers for it, second tries included.</param>
/// <param name="PodQuestions">
/// Messages that a pod with <c>ndots:5</c> would have sent for it: one for each candidate up to the one that is found, A and AAAA each.
/// </param>
public sealed record ResolutionCost(int UpstreamQuestions, int PodQuestions)
{
    private const int PodNdots = 5;

    internal static ResolutionCost Of(Case @case) => new(
        @case.Trace.Steps.Sum(step => step.Cache?.Tries?.Ended.Count ?? 0),
        CountWalk(@case) * (@case.Type is RecordType.A or RecordType.AAAA ? 2 : 1));

    /// <summary>
    /// The candidates that a resolver in a pod asks for, up to the one that was found; what its hosts file has costs nothing.
    /// </summary>
    private static int CountWalk(Case @case)
    {
        if (@case.View.HostAliases?.Find(@case.Name.Span) is not null) return 0;
        if (@case.Absolute) return 1;
        List<DnsName> candidates = [.. SearchListOf(@case).Select(suffix => Append(@case.Name, suffix)).OfType<DnsName>()];
        bool asItIsFirst = WireName.LabelCount(@case.Name.Span) > PodNdots;
        candidates.Insert(asItIsFirst ? 0 : candidates.Count, @case.Name);
        candidates = [.. candidates.Distinct()];
        bool found = @case.HasRecords || @case.Trace.Found is not null;
        int at = found ? candidates.IndexOf(@case.Resolved) : -1;
        return at < 0 ? candidates.Count : at + 1;
    }

    /// <summary>The view's own list or, where it has none, that of a pod in the namespace "default".</summary>
    private static IReadOnlyList<DnsName> SearchListOf(Case @case)
    {
        if (@case.View.SearchList.Count > 0) return @case.View.SearchList;
        DnsName services = @case.Around.Zone.Child("svc"u8);
        return [services.Child("default"u8), services, @case.Around.Zone];
    }

    private static DnsName? Append(DnsName name, DnsName suffix)
    {
        Span<byte> wire = stackalloc byte[WireName.MaxLength];
        return WireName.TryAppend(name.Span, suffix.Span, wire, out int length) ? DnsName.Copy(wire[..length]) : null;
    }
}
