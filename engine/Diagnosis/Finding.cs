namespace KubeDoH.Engine.Diagnosis;

/// <summary>How much a finding matters.</summary>
public enum FindingWeight
{
    /// <summary>It is why the name does not resolve.</summary>
    Problem,

    /// <summary>The name resolves, and somebody is in for a surprise.</summary>
    Warning,

    /// <summary>All is as it should be, and could be cheaper or clearer.</summary>
    Hint,
}

/// <summary>A likely cause of what became of a question, and what to do about it.</summary>
/// <param name="Kind">A stable word for programs, such as <c>other-namespace</c>.</param>
/// <param name="Text">A sentence that says what is the matter.</param>
public sealed record Finding(string Kind, FindingWeight Weight, string Text)
{
    /// <summary>What it rests on, a sentence or an object each.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>Names that exist and may be the one that was meant, the likeliest first.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>What to run next.</summary>
    public IReadOnlyList<NextCommand> Try { get; init; } = [];
}

/// <summary>A command to run next.</summary>
/// <param name="Method">The method of a request to this very service; null for a command of a shell.</param>
/// <param name="Text">The path with its query, or the command.</param>
public sealed record NextCommand(string? Method, string Text)
{
    /// <summary>A request that changes nothing.</summary>
    /// <param name="path">With its query; nothing in it needs quotes.</param>
    internal static NextCommand Get(string path) => new("GET", path);

    internal static NextCommand Delete(string path) => new("DELETE", path);

    /// <summary>A command line. Words in it are names of objects that exist, or are checked otherwise: it will be pasted.</summary>
    internal static NextCommand Shell(string command) => new(null, command);
}
