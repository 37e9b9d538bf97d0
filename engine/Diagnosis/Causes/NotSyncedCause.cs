using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>A source is not all read yet, and nobody may say that a name is not there.</summary>
internal sealed class NotSyncedCause : ICause
{
    public ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken) =>
        new(Find(@case));

    private static Finding? Find(Case @case)
    {
        if (@case.HasRecords) return null;
        bool isWaiting = @case.Trace.Steps.Any(step => step.Answer is { Rcode: Rcode.ServFail, Error.Code: ExtendedErrorCode.NotReady });
        SourceStatus[] unread = [.. @case.Around.Sources().Where(source => !source.Ready)];
        if (!isWaiting && unread.Length == 0) return null;
        string[] parts = [.. unread.SelectMany(source => source.Parts.Where(part => !part.Ready), Describe)];
        return new Finding(
            "not-synced", FindingWeight.Problem, "Not everything is known yet: a name that is not there now may be in a moment.")
        {
            Evidence = parts.Length > 0 ? parts : ["the cluster's objects have not all been listed"],
            Try = [NextCommand.Get("/api/v1/sources")],
        };
    }

    private static string Describe(SourceStatus source, SourcePart part) =>
        $"{source.Source}: {part.Name} not read yet{(part.LastError is { } error ? $": {error.Text}" : "")}";
}
