using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Replay;

/// <summary>
/// Plays a script against the real pipeline and real sources: questions go in as bytes, replies come out as bytes; upstreams are
/// servers on loopback; time stands still but for <c>advance</c>.
/// </summary>
internal sealed class ScriptRunner(ScriptWorld world, CancellationToken cancellationToken)
{
    /// <summary>What one try at a silent upstream may take (<c>Forward:Timeout</c>).</summary>
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(2);

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
            asks |= block.Head.Words[0] == "ask";
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
            case "ask" when block.Body.Count == 0: _open = await AskAsync(ScriptQuestion.Read(head)); break;
            case "change": world.Load(block); break;
            case "advance": world.Time.Advance(ScriptTime.Read(head, head.Word(1, "the time"))); break;
            case "upstream": CheckSeen(block); break;
            default: throw head.Error("a line at the margin is given, ask, expect, answer, authority, additional, trace, upstream, change or advance");
        }
    }

    private void Close()
    {
        _open?.Verify();
        _open = null;
    }

    private async Task<Expectation> AskAsync(ScriptQuestion question)
    {
        var trace = new ResolutionTrace();
        using Query query = Query.Rent();
        if (query.TryParse(question.Write()) is not WireError.None and var error) throw question.Line.Error($"cannot be asked: {error}");
        query.View = world.View(question);
        query.Trace = trace;
        Task<Answer> pending = world.Pipeline.ResolveAsync(query, cancellationToken).AsTask();
        foreach (ScriptUpstream upstream in world.Upstreams.Where(upstream => upstream.Silent)) await WaitOutAsync(pending, upstream);
        Answer answer = await pending.WaitAsync(cancellationToken);
        byte[] message = new byte[ushort.MaxValue];
        int length = answer.WriteTo(message, query);
        try
        {
            return new Expectation(question, Reply.Read(message.AsSpan(0, length)), trace);
        }
        catch (FormatException e)
        {
            throw question.Line.Error(e.Message);
        }
    }

    /// <summary>Lets time pass whenever a question has reached the upstream that does not reply.</summary>
    private async Task WaitOutAsync(Task<Answer> pending, ScriptUpstream upstream)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        while (!pending.IsCompleted)
        {
            Task<FakeQuestion> arrival = upstream.NextAsync(done.Token).AsTask();
            await Task.WhenAny(pending, arrival);
            if (arrival.IsCompletedSuccessfully) world.Time.Advance(OneTry);
            else await done.CancelAsync();
        }
    }

    /// <summary><c>upstream [NAME] saw</c>, then the questions since the last look in order, or <c>upstream [NAME] saw nothing</c>.</summary>
    private void CheckSeen(ScriptBlock block)
    {
        ScriptLine head = block.Head;
        bool isNamed = head.Word(1, "'saw'") != "saw";
        string[] rest = head.Words[(isNamed ? 3 : 2)..];
        if ((isNamed && head.Word(2, "'saw'") != "saw") || (rest is not [] and not ["nothing"]) || (rest.Length == 0) == (block.Body.Count == 0))
            throw head.Error("it is 'upstream [name] saw' with questions below, or 'upstream [name] saw nothing'");
        IReadOnlyList<string> seen = world.Upstream(head, isNamed ? head.Words[1] : ScriptWorld.DefaultUpstream).LookAgain();
        string[] expected = [.. block.Body.Select(line => string.Join(' ', line.Words))];
        if (!expected.SequenceEqual(seen))
            throw head.Error($"the upstream saw {(seen.Count == 0 ? "nothing" : string.Join(", ", seen))}");
    }
}
