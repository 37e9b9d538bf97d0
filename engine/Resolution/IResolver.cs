namespace KubeDoH.Engine.Resolution;

/// <summary>Answers every question: what it cannot answer is a SERVFAIL or REFUSED answer, never null and never an exception.</summary>
public interface IResolver
{
    ValueTask<Answer> ResolveAsync(Query query, CancellationToken cancellationToken);
}
