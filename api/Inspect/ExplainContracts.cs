using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Inspect;

/// <summary>One resolution told step by step, and what is likely wrong with it.</summary>
/// <param name="Verdict">What came of it, in a line.</param>
/// <param name="Question">What was asked.</param>
/// <param name="View">From where it was asked.</param>
/// <param name="Answer">The answer as a client of /dns-query gets it; absent for a name that no question holds.</param>
/// <param name="Steps">What happened, in order.</param>
/// <param name="Cost">What it cost.</param>
/// <param name="Milliseconds">From the question to the answer.</param>
/// <param name="Findings">What is likely wrong; none for a name that is well.</param>
internal sealed record ExplainDocument(
    string Verdict,
    ExplainQuestionDocument Question,
    ExplainViewDocument View,
    ExplainAnswerDocument? Answer,
    IReadOnlyList<ExplainStepDocument> Steps,
    ExplainCostDocument Cost,
    double Milliseconds,
    IReadOnlyList<FindingDocument> Findings)
{
    /// <param name="self">Where the caller reaches this service.</param>
    public static ExplainDocument Of(Explanation explanation, ExplainRequest request, string self) => new(
        ExplainVerdict.Of(explanation),
        new ExplainQuestionDocument(
            NameText.Write(explanation.NameAsAsked), RecordTypeText.Write(explanation.Type), request.Absolute),
        ExplainViewDocument.Of(request),
        ExplainAnswerDocument.Of(explanation.Answer, explanation.NameAsAsked),
        [.. explanation.Steps.Select(step => ExplainStepDocument.Of(step, explanation.Found))],
        new ExplainCostDocument(explanation.Cost.UpstreamQuestions, explanation.Cost.PodQuestions),
        InMilliseconds(explanation.Took),
        [.. explanation.Findings.Select(finding => FindingDocument.Of(finding, self))]);

    /// <summary>Of a text that is too long to be a name.</summary>
    public static ExplainDocument OfNoQuestion(string name, ExplainRequest request, Finding tooLong, string self) => new(
        "The name cannot be asked for.", new ExplainQuestionDocument(name, "A", false), ExplainViewDocument.Of(request), null, [],
        new ExplainCostDocument(0, 0), 0, [FindingDocument.Of(tooLong, self)]);

    public static double InMilliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}

/// <summary>What was asked.</summary>
/// <param name="Name">The name in the spelling of the question, with its last dot.</param>
/// <param name="Type">The mnemonic of the type, or TYPE and a number (RFC 3597 5).</param>
/// <param name="Absolute">The name was written with its last dot: no search domain completes it.</param>
internal sealed record ExplainQuestionDocument(string Name, string Type, bool Absolute);

/// <summary>From where a question is seen.</summary>
/// <param name="Origin">pod, namespace, parameters, or none.</param>
/// <param name="Namespace">The namespace whose scoped entries are seen.</param>
/// <param name="Pod">namespace/name of the pod.</param>
/// <param name="Search">The search domains, in order.</param>
/// <param name="Ndots">A name with at least so many dots is tried as it is first.</param>
/// <param name="HostAliases">How many names the pod's own hosts file has.</param>
internal sealed record ExplainViewDocument(
    string Origin, string? Namespace, string? Pod, IReadOnlyList<string> Search, int Ndots, int HostAliases)
{
    public static ExplainViewDocument Of(ExplainRequest request) => new(
        request.Origin, request.View.Namespace, request.Pod is { } pod ? $"{pod.Namespace}/{pod.Name}" : null,
        [.. request.View.SearchList.Select(suffix => suffix.ToString())], request.View.Ndots, request.View.HostAliases?.Count ?? 0);
}

/// <summary>An answer as a client gets it.</summary>
/// <param name="Rcode">NOERROR, NXDOMAIN, SERVFAIL, REFUSED and their kin (RFC 1035 4.1.1).</param>
/// <param name="Source">The source that gave it.</param>
/// <param name="Authoritative">The records of the name are local data (AA).</param>
/// <param name="Ttl">Seconds for which it may be kept; absent when it must not be.</param>
/// <param name="Error">Why it is so (RFC 8914).</param>
/// <param name="Answer">The answer section.</param>
/// <param name="Authority">The authority section: where there is nothing, the SOA that says so.</param>
/// <param name="Additional">The additional section.</param>
internal sealed record ExplainAnswerDocument(
    string Rcode,
    string Source,
    bool Authoritative,
    uint? Ttl,
    ExplainErrorDocument? Error,
    IReadOnlyList<AnswerRecordDocument> Answer,
    IReadOnlyList<AnswerRecordDocument> Authority,
    IReadOnlyList<AnswerRecordDocument> Additional)
{
    public static ExplainAnswerDocument Of(Answer answer, ReadOnlySpan<byte> question) => new(
        RcodeText.Write(answer.Rcode), answer.Source, answer.Authoritative, answer.Ttl, ExplainErrorDocument.Of(answer.Error),
        AnswerRecordDocument.Read(answer, question, Section.Answer), AnswerRecordDocument.Read(answer, question, Section.Authority),
        AnswerRecordDocument.Read(answer, question, Section.Additional));
}

/// <summary>An extended error (RFC 8914).</summary>
internal sealed record ExplainErrorDocument(int Code, string Text)
{
    public static ExplainErrorDocument? Of(ExtendedError? error) =>
        error is null ? null : new ExplainErrorDocument((int)error.Code, error.Text);
}

/// <summary>What a question cost.</summary>
/// <param name="UpstreamQuestions">Messages that went to upstream servers for it.</param>
/// <param name="PodQuestions">
/// Messages that a pod with ndots:5 would have sent for it: A and AAAA of each candidate of its search list, up to the one that is found.
/// </param>
internal sealed record ExplainCostDocument(int UpstreamQuestions, int PodQuestions);

/// <summary>A likely cause, and what to do about it.</summary>
/// <param name="Kind">A stable word, such as other-namespace.</param>
/// <param name="Weight">
/// problem: it is why the name does not resolve; warning: it resolves otherwise than was meant; hint: it could be better.
/// </param>
/// <param name="Text">What is the matter, in a sentence.</param>
/// <param name="Evidence">What that rests on.</param>
/// <param name="Names">Names that exist and may be the one that was meant.</param>
/// <param name="Try">Commands to run next.</param>
internal sealed record FindingDocument(
    string Kind, string Weight, string Text, IReadOnlyList<string> Evidence, IReadOnlyList<string> Names, IReadOnlyList<string> Try)
{
    public static FindingDocument Of(Finding finding, string self) => new(
        finding.Kind, finding.Weight.ToString().ToLowerInvariant(), finding.Text, finding.Evidence, finding.Names,
        [.. finding.Try.Select(command => CommandOf(command, self))]);

    private static string CommandOf(NextCommand command, string self) => command.Method switch
    {
        null => command.Text,
        "GET" when command.Text.Contains("/explain?", StringComparison.Ordinal) =>
            $"curl -H accept:{ExplainEndpoints.TextMediaType} {Quote(self + command.Text)}",
        "GET" => $"curl {Quote(self + command.Text)}",
        _ => $"curl -X {command.Method} {Quote(self + command.Text)}",
    };

    /// <summary>As one word of a shell, whatever is in it.</summary>
    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
