using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>
/// The reply to a short name that a search list led to an answer. It hangs on that answer, of which alone it was made: a change of the data
/// brings another answer, and this one goes with the old. So nothing is found in it that the sources do not say at that moment.
/// </summary>
/// <param name="found">The name that the answer is for.</param>
internal sealed class SearchedAnswer(DnsName found, RecordType type, Answer answer)
{
    public Answer Answer { get; } = answer;

    /// <summary>True when the same question was led to the same name.</summary>
    public bool IsFor(Query query, Query candidate) =>
        query.Type == type && Answer.QuestionName.SequenceEqual(query.Name) && found.Span.SequenceEqual(candidate.Name);
}
