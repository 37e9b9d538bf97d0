using KubeDoH.Api.Inspect;

namespace KubeDoH.Api.Compare;

/// <summary>
/// A comparison as text for a terminal: the verdict first, then both answers and what tells them apart; of a list, the counts first.
/// </summary>
internal static class CompareText
{
    public static string Write(CompareDocument document)
    {
        var page = new TextPage();
        WriteResult(page, document);
        page.Line("  server    ", document.Server!);
        if (document.Ours is { } ours) WriteSide(page, "here", ours);
        if (document.Theirs is { } theirs) WriteSide(page, "there", theirs);
        return page.ToString();
    }

    public static string Write(CompareReport report)
    {
        var page = new TextPage();
        page.Line("", $"{Count(report.Questions, "question")} here and at {report.Server}: "
            + $"{report.Same} same, {report.Different} different, {report.Failed} failed.");
        if (report.Hinted > 0) page.Line("", $"{report.Hinted} of the same differ in TTLs or serials only.");
        foreach (CompareDocument result in report.Results) WriteResult(page.Line(""), result);
        return page.ToString();
    }

    private static void WriteResult(TextPage page, CompareDocument document)
    {
        string from = document.From is null ? "" : $", seen from {document.From}";
        page.Line($"{document.Verdict,-9} ", $"{document.Question.Name} {document.Question.Type}{from}");
        if (document.Reason is { } reason) page.Line("          - ", reason);
        foreach (DifferenceDocument difference in document.Differences) page.Line("          - ", Describe(difference));
        foreach (DifferenceDocument hint in document.Hints) page.Line("          hint: ", Describe(hint));
    }

    private static string Describe(DifferenceDocument one) => one.Kind switch
    {
        Difference.OnlyOurs => $"only here: {one.Name} {one.Type} {one.Ours}",
        Difference.OnlyTheirs => $"only there: {one.Name} {one.Type} {one.Theirs}",
        Difference.Name => $"found here as {one.Ours}, there as {one.Theirs}",
        Difference.Ttl => $"TTL of {one.Name} {one.Type}: {one.Ours} s here, {one.Theirs} s there",
        Difference.Serial => $"serial of {one.Name}: {one.Ours} here, {one.Theirs} there",
        Difference.Soa => $"SOA of what is absent: {one.Ours} here, {one.Theirs} there",
        _ => $"{one.Ours} here, {one.Theirs} there",
    };

    private static void WriteSide(TextPage page, string where, CompareSideDocument side)
    {
        string by = side.Source is null ? "" : $" from {side.Source}";
        page.Line("").Line($"{where,-9} ", $"{side.Rcode}{by}{(side.Error is null ? "" : $": {side.Error}")}").Line("  ", side.Name);
        foreach (AnswerRecordDocument record in side.Records)
        {
            string owner = record.Name == side.Name ? "" : $" (at {record.Name})";
            page.Line($"  {record.Ttl,6} s  {record.Type,-5} ", $"{record.Data}{owner}");
        }

        if (side.Records.Count == 0) page.Line("          ", "nothing");
    }

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
