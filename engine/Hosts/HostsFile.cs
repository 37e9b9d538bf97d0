using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Hosts;

/// <summary>What one hosts file gave when it was last read, or why it could not be; what it gave before then stands.</summary>
/// <param name="Lines">Null for a file that could never be read.</param>
/// <param name="Problems">The lines that were left out, the first <see cref="HostsText.MaxProblems"/> of them.</param>
/// <param name="Skipped">How many were left out.</param>
/// <param name="LastWrite">When the lines in use were written; null for those of the configuration.</param>
internal sealed record HostsFile(
    string Path, IReadOnlyList<AddressLine>? Lines, IReadOnlyList<HostsProblem> Problems, int Skipped, DateTimeOffset? LastWrite)
{
    /// <summary>Why it cannot be read now.</summary>
    public SourceError? Error { get; init; }

    /// <summary>Those of the lines, and that of the file as a whole.</summary>
    public IEnumerable<HostsProblem> AllProblems => Error is { } error ? [.. Problems, new HostsProblem(Path, 0, error.Text)] : Problems;

    public static HostsFile Read(string path, string text, DateTimeOffset? lastWrite)
    {
        var problems = new List<HostsProblem>();
        IReadOnlyList<AddressLine> lines = HostsText.Read(path, text, problems, out int skipped);
        return new HostsFile(path, lines, problems, skipped, lastWrite);
    }

    public static HostsFile Unread(string path) => new(path, null, [], 0, null);

    public SourcePart ToPart() => new(Path, Ready: true, Lines?.Count ?? 0, LastWrite)
    {
        Skipped = Skipped,
        Problems = [.. Problems.Select(problem => problem.ToString())],
        LastError = Error,
    };
}
