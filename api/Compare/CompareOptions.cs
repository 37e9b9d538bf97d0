namespace KubeDoH.Api.Compare;

/// <summary>The section <c>Compare</c>.</summary>
internal sealed class CompareOptions
{
    /// <summary>The only servers that answers are compared with, such as the cluster's present DNS; empty for none.</summary>
    public IReadOnlyList<string> Servers { get; set; } = [];
}
