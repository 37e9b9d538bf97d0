using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Tests.Replay;

/// <summary>
/// Plays a script against the real pipeline and real sources: questions go in as bytes, replies come out as bytes; upstreams are
/// servers on loopback; time stands still but for <c>advance</c>.
/// </summary>
internal sealed class ScriptRunner(ScriptWorld world, CancellationToken cancellationToken)
{
    private Expectation? _open;

    /// <exception cref="ScriptError">The script is wrong, or the pipeline does something else.</exception>
    public static async Task RunAsync(Script script, CancellationToken cancellationToken)
    {
        ScriptBlock[] given = [.. script.Blocks.TakeWhile(block => block.Head.Words[0] == "given")];
        await using var world = new ScriptWorld(given);
        var runner = new ScriptRunner(world, cancellationToken);
        bool asks = false;
        foreach (ScriptBlock block in script.Blocks.Skip(given.Length))
        {
            asks |= block.Head.Words[0] is "ask" or "explain" or "file";
            await runner.PlayAsync(block);
        }

        runner.Close();
        if (!asks) throw new ScriptError($"{script.File}: asks nothing");
    }

    private async Task PlayAsync(ScriptBlock block)
    {
        ScriptLine head = block.Head;
        if (_open?.TryTake(block) == true) return;
        Close();
        switch (head.Words[0])
        {
            case "ask" when block.Body.Count == 0: await AskAsync(ScriptQuestion.Read(head)); break;
            case "explain": await ExplainAsync(ScriptQuestion.Read(head), block.Body); break;
            case "change": world.Load(block); break;
            case "advance": world.Time.Advance(ScriptTime.Read(head, head.Word(1, "the time"))); break;
            case "flush": world.Flush(head); break;
            case "upstream": CheckSeen(block); break;
            case "file": world.CheckFile(block); break;
            default: throw head.Error("a line at the margin is given, ask, explain, expect, answer, authority, additional, trace, "
                + "upstream, file, change, advance or flush");
        }
    }

    private async Task AskAsync(ScriptQuestion question)
    {
        var trace = new ResolutionTrace(world.Time);
        try
        {
            _open = new Expectation(question, await world.AskAsync(question, trace, cancellationToken), trace);
        }
        catch (FormatException e)
        {
            throw question.Line.Error(e.Message);
        }
    }

    /// <summary>
    /// <c>explain NAME TYPE [from VIEW]</c>, and a line for each finding, in order: its kind, and text that is in it. No line: nothing is
    /// wrong.
    /// </summary>
    private async Task ExplainAsync(ScriptQuestion question, IReadOnlyList<ScriptLine> expected)
    {
        Explanation explanation = await world.ExplainAsync(question, cancellationToken);
        string found = string.Concat(explanation.Findings.Select(finding => $"\n    {finding.Kind}  {TextOf(finding)}"));
        if (expected.Count != explanation.Findings.Count) throw question.Line.Error($"found {(found.Length == 0 ? "nothing" : found)}");
        foreach ((ScriptLine line, Finding finding) in expected.Zip(explanation.Findings))
        {
            string text = line.Text[line.Words[0].Length..].Trim();
            if (line.Words[0] != finding.Kind || !TextOf(finding).Contains(text, StringComparison.Ordinal))
                throw line.Error($"found {found}");
        }
    }

    private static string TextOf(Finding finding) =>
        string.Join(" | ", [finding.Text, .. finding.Evidence, .. finding.Names, .. finding.Try.Select(
            command => $"{command.Method} {command.Text}".Trim())]);

    private void Close()
    {
        _open?.Verify();
        _open = null;
    }

    /// <summary>
    /// <c>upstream [NAME] saw</c>, then the questions since the last look in order, or <c>upstream [NAME] saw nothing</c>.
    /// </summary>
    private void CheckSeen(ScriptBlock block)
    {
        ScriptLine head = block.Head;
        bool isNamed = head.Word(1, "'saw'") != "saw";
        string[] rest = head.Words[(isNamed ? 3 : 2)..];
        if ((isNamed && head.Word(2, "'saw'") != "saw") || (rest is not [] and not ["nothing"])
            || (rest.Length == 0) == (block.Body.Count == 0))
            throw head.Error("it is 'upstream [name] saw' with questions below, or 'upstream [name] saw nothing'");
        IReadOnlyList<string> seen = world.Upstream(head, isNamed ? head.Words[1] : ScriptWorld.DefaultUpstream).LookAgain();
        string[] expected = [.. block.Body.Select(line => string.Join(' ', line.Words))];
        if (!expected.SequenceEqual(seen))
            throw head.Error($"the upstream saw {(seen.Count == 0 ? "nothing" : string.Join(", ", seen))}");
    }
}
