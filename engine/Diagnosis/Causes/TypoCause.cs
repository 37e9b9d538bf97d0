using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>Nothing has the name, and other names are nearly like it.</summary>
internal sealed class TypoCause : ICause
{
    /// <summary>Those that have said already why there is nothing.</summary>
    private static readonly string[] Explained =
        ["not-synced", "dns-policy", "other-namespace", "not-ready", "pod-name", "port-name", "external-name"];

    public ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken) =>
        new(@case.HasRecords || IsThere(@case) || before.Any(finding => Explained.Contains(finding.Kind)) ? null : Find(@case));

    /// <summary>NODATA: the name as such is right.</summary>
    private static bool IsThere(Case @case) =>
        @case.Answer.Rcode == Rcode.NoError || WireName.TopLevel(@case.Name.Span).SequenceEqual("\u0004arpa\0"u8);

    private static Finding? Find(Case @case)
    {
        string[] names = [.. NearestNames.Of(@case).Select(name => name.ToString())];
        return names.Length == 0
            ? null
            : new Finding("typo", FindingWeight.Problem, $"No source has the name; nearly so called: {names[0]}")
        {
            Evidence = [.. names.Skip(1).Select(name => $"also near: {name}")],
            Names = names,
            Try = [@case.Explain(names[0])],
        };
    }
}
