using System.Globalization;

namespace KubeDoH.Api.Inspect;

/// <summary>
/// An explanation as text for a terminal: the verdict, from where it was asked and what it cost, each candidate with what each source
/// said, the answer, and the findings with their commands last.
/// </summary>
internal static class ExplainText
{
    /// <summary>Records of one verdict that are shown; the answer has them all.</summary>
    private const int MostRecords = 4;

    public static string Write(ExplainDocument document)
    {
        var page = new TextPage();
        page.Line($"{document.Answer?.Rcode ?? "TOO LONG",-9} ", document.Verdict).Line("");
        WriteView(page, document);
        WriteSteps(page, document.Steps);
        if (document.Answer is { } answer) WriteAnswer(page, answer, document.Question);
        WriteFindings(page, document.Findings);
        return page.ToString();
    }

    /// <summary>Such as <c>Service shop/web</c>, <c>Entry a.example. A, revision 7</c>, <c>/etc/hosts, line 3</c>.</summary>
    public static string Describe(OriginDocument origin) => origin.Kind switch
    {
        "HostsFile" => $"{origin.File}, line {origin.Line}",
        "Entry" => $"Entry {origin.Name} {origin.Type}, revision {origin.Revision}",
        "HostAlias" => $"host alias {origin.Name}",
        "ForwardRule" => $"rule {origin.Name}",
        "PodServers" => origin.Name!.Length == 0 ? "none of the pod's servers may be asked" : $"the pod's servers {origin.Name}",
        "SpecialZone" => $"special zone {origin.Name}",
        _ => $"{origin.Kind} {(origin.Namespace is null ? "" : $"{origin.Namespace}/")}{origin.Name}",
    };

    private static void WriteView(TextPage page, ExplainDocument document)
    {
        ExplainViewDocument view = document.View;
        string from = view.Origin switch
        {
            "pod" => $"pod {view.Pod}",
            "namespace" => $"namespace {view.Namespace}",
            "parameters" => "a search list of the caller's",
            _ => "nowhere in particular: names are taken as they come",
        };
        page.Line("  seen from ", view.Origin == "none" ? from : $"{from}, ndots {view.Ndots}");
        if (view.Search.Count > 0)
        {
            string leftOut = document.Question.Absolute ? " (left out: the name ends in a dot)" : "";
            page.Line("  search    ", string.Join(' ', view.Search.Select(Undotted)) + leftOut);
        }

        ExplainCostDocument cost = document.Cost;
        if (document.Answer is not null)
            page.Line("  cost      ", $"{Count(cost.UpstreamQuestions, "upstream question")}, {Time(document.Milliseconds)}; a pod with "
                + $"ndots:5 asks {cost.PodQuestions}");
        page.Line("");
    }

    private static void WriteSteps(TextPage page, IReadOnlyList<ExplainStepDocument> steps)
    {
        int number = 0;
        bool walks = steps.Any(step => step.Kind == "candidate");
        if (!walks && steps.Count > 0) page.Line("  ", $"{steps[0].Name} {steps[0].Type}");
        var left = new List<string>();
        for (int i = 0; i < steps.Count; i++)
        {
            ExplainStepDocument step = steps[i];
            if (step.Kind == "candidate") page.Line($"{++number,2} ", $"{step.Name} {step.Type}{(step.Found == true ? "  (found)" : "")}");
            if (step.Kind == "alias") page.Line("   → ", $"{step.Name} {step.Type}");
            if (step.Kind != "source") continue;
            if (step.Verdict == "not-mine" && !left.Contains(step.Source!)) left.Add(step.Source!);
            if (left.Count > 0 && (step.Verdict != "not-mine" || i + 1 == steps.Count || steps[i + 1].Kind is "candidate" or "alias"))
            {
                page.Line("     not mine  ", string.Join(", ", left));
                left.Clear();
            }

            if (step.Verdict != "not-mine") WriteVerdict(page, step, i > 0 ? steps[i - 1].Cache : null);
        }

        if (steps.Count > 0) page.Line("");
    }

    private static void WriteVerdict(TextPage page, ExplainStepDocument step, ExplainCacheDocument? cache)
    {
        string verdict = step.Verdict is "answer" or "nodata" ? step.Verdict : step.Verdict!.ToUpperInvariant();
        var said = new List<string>();
        IReadOnlyList<AnswerRecordDocument> records = step.Records ?? [];
        if (records.Count > 0)
        {
            string more = records.Count > MostRecords ? $", {records.Count - MostRecords} more" : "";
            said.Add(string.Join(", ", records.Take(MostRecords).Select(Data)) + more);
        }

        if (step.Reason is not null) said.Add(step.Reason);
        if (step.OverruledBy is { } other) said.Add($"counts as nodata: {other} has names below");
        said.AddRange((step.Origins ?? []).Take(MostRecords).Select(Describe));
        if (cache is not null) said.AddRange(Describe(cache));
        page.Line($"     {verdict,-9} {step.Source,-12} ", string.Join("; ", said));
    }

    private static IEnumerable<string> Describe(ExplainCacheDocument cache)
    {
        string age = string.Create(CultureInfo.InvariantCulture, $"{cache.Age:0} s");
        yield return cache.State switch
        {
            "hit" => string.Create(CultureInfo.InvariantCulture, $"from the cache, {age} old, {cache.Left:0} s left"),
            "stale" => $"from the cache, {age} old and over",
            "failed" => $"failed {age} ago",
            "shared" => "an equal question was on its way",
            _ => "not in the cache",
        };
        foreach (ExplainTryDocument one in cache.Upstreams)
            yield return $"{one.Server} {(one.Failure is null ? "" : $"{one.Failure}, ")}{Time(one.Milliseconds)}";
    }

    private static void WriteAnswer(TextPage page, ExplainAnswerDocument answer, ExplainQuestionDocument question)
    {
        page.Line("answer    ", $"{answer.Rcode} from {answer.Source}{(answer.Authoritative ? ", authoritative" : "")}"
            + (answer.Error is { } error ? $", extended error {error.Code}: {error.Text}" : ""));
        string owner = "";
        foreach (AnswerRecordDocument record in answer.Answer)
        {
            if (record.Name != owner) page.Line("  ", record.Name);
            owner = record.Name;
            WriteRecord(page, record);
        }

        if (answer.Answer.Count == 0) page.Line("  ", question.Name);
        if (!answer.Answer.Any(record => record.Type == question.Type || question.Type == "ANY")) WriteAbsence(page, answer, question.Type);
        page.Line("");
    }

    /// <summary>That there is nothing, and for how long that may be believed (RFC 2308 5).</summary>
    private static void WriteAbsence(TextPage page, ExplainAnswerDocument answer, string type)
    {
        AnswerRecordDocument? soa = answer.Authority.FirstOrDefault(record => record.Type == "SOA");
        string what = answer.Rcode == "NOERROR" ? $"no {type} record" : "nothing";
        page.Line("          ", soa is null ? what : $"{what}; the SOA of {soa.Name} says so for {answer.Ttl ?? soa.Ttl} s");
    }

    private static void WriteRecord(TextPage page, AnswerRecordDocument record) =>
        page.Line($"  {record.Ttl,6} s  {record.Type,-5} ", record.Type == "CNAME" ? $"→ {record.Data}" : record.Data);

    private static void WriteFindings(TextPage page, IReadOnlyList<FindingDocument> findings)
    {
        if (findings.Count == 0) page.Line("findings  none");
        foreach (FindingDocument finding in findings)
        {
            page.Line($"{finding.Weight,-9} ", finding.Text);
            foreach (string evidence in finding.Evidence) page.Line("          - ", evidence);
            foreach (string command in finding.Try) page.Whole("    try:  ", command);
        }
    }

    private static string Data(AnswerRecordDocument record) => $"{record.Type} {record.Data}";

    private static string Undotted(string suffix) => suffix.Length > 1 ? suffix.TrimEnd('.') : suffix;

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    /// <summary>Three digits, more or less.</summary>
    private static string Time(double milliseconds)
    {
        string format = milliseconds switch { < 1 => "0.###", < 10 => "0.##", < 100 => "0.#", _ => "0" };
        return milliseconds.ToString(format, CultureInfo.InvariantCulture) + " ms";
    }
}
