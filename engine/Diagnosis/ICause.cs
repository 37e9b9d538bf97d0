namespace KubeDoH.Engine.Diagnosis;

/// <summary>One cause that a question may come to nothing for, or to something else than was meant.</summary>
internal interface ICause
{
    /// <summary>What there is to say of it; null when it is not the cause.</summary>
    /// <param name="before">What the causes before it in the list have found: some say nothing more where all is said.</param>
    ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken);
}
