using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>A name that no question holds (RFC 1035 2.3.4): as it was asked, or with a search suffix behind it.</summary>
internal sealed class TooLongCause : ICause
{
    private const int MostShown = 24;

    /// <summary>What is too long in a text that is no name; null when nothing is.</summary>
    public static Finding? OfText(string text)
    {
        string[] labels = text.TrimEnd('.').Split('.');
        string[] evidence = [.. labels.Where(label => label.Length > WireName.MaxLabel)
            .Select(label => $"the label {Short(label)} has {label.Length} octets, {WireName.MaxLabel} at most")];
        int length = labels.Sum(label => label.Length + 1) + 1;
        if (length > WireName.MaxLength) evidence = [.. evidence, $"the name has {length} octets, {WireName.MaxLength} at most"];
        return evidence.Length == 0
            ? null
            : new Finding("too-long", FindingWeight.Problem, "The name is too long to be asked for (RFC 1035 2.3.4).")
        {
            Evidence = evidence,
        };
    }

    public ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken) =>
        new(Find(@case));

    private static Finding? Find(Case @case)
    {
        if (@case.HasRecords || @case.Candidates.Count == 1 && @case.Trace.Found is null && @case.View.SearchList.Count == 0) return null;
        if (!@case.Trace.Steps.Any(step => step.Kind == Resolution.TraceKind.Candidate)) return null;
        string[] left = [.. @case.View.SearchList.Where(suffix => Length(@case.Name, suffix) > WireName.MaxLength)
            .Select(suffix => $"with {suffix} behind it the name has {Length(@case.Name, suffix)} octets, {WireName.MaxLength} at most")];
        return left.Length == 0
            ? null
            : new Finding(
                "too-long", FindingWeight.Warning, "Search domains are left out: with them the name is too long (RFC 1035 2.3.4).")
        {
            Evidence = left,
            Try = [@case.Explain(@case.Name.ToString())],
        };
    }

    private static int Length(DnsName name, DnsName suffix) => name.Span.Length - 1 + suffix.Span.Length;

    private static string Short(string label) => label.Length <= MostShown ? label : $"{label[..MostShown]}…";
}
