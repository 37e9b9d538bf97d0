namespace KubeDoH.Engine.Resolution;

/// <summary>How a source stands: what it is fed from, and whether it may say yet that a name does not exist.</summary>
/// <param name="Source">The source's name in the order.</param>
/// <param name="Description">One line for people: what it is and where its data comes from.</param>
/// <param name="Parts">What it is fed from, each by itself: a file, a kind of object, a store. None for what needs no feeding.</param>
public sealed record SourceStatus(string Source, string Description, IReadOnlyList<SourcePart> Parts)
{
    /// <summary>True once every part was read that names need.</summary>
    public bool Ready => Parts.All(part => part.Ready || !part.IsNeeded);
}

/// <summary>One thing that a source is fed from.</summary>
/// <param name="Name">The file, or the resource in plural (<c>services</c>).</param>
/// <param name="Ready">
/// False until it was read whole for the first time; it then stays true. A hosts file or resolv.conf that is not there is read too:
/// it names nobody, and nothing waits for it.
/// </param>
/// <param name="Count">How many objects, lines or entries are in force.</param>
/// <param name="UpdatedAt">When the data last changed; null when it was never read, or cannot change.</param>
public sealed record SourcePart(string Name, bool Ready, long Count, DateTimeOffset? UpdatedAt)
{
    /// <summary>The most <see cref="Problems"/> of a part.</summary>
    public const int MaxProblems = 100;

    /// <summary>False for what no name waits for.</summary>
    public bool IsNeeded { get; init; } = true;

    /// <summary>Objects or lines that were skipped because they make no sense.</summary>
    public long Skipped { get; init; }

    /// <summary>The first of what was skipped and why, a sentence each that names the line or the object.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>When the other side last said anything, a bookmark included; null for what is no watch.</summary>
    public DateTimeOffset? HeardAt { get; init; }

    /// <summary>What went wrong last; null once all is well again.</summary>
    public SourceError? LastError { get; init; }
}

/// <summary>What went wrong, and when.</summary>
/// <param name="Text">A sentence for an operator, without secrets.</param>
public sealed record SourceError(DateTimeOffset At, string Text)
{
    /// <summary>The permission that is missing, as RBAC has it: verb and resource (<c>list services</c>). Null for other trouble.</summary>
    public string? Permission { get; init; }
}
