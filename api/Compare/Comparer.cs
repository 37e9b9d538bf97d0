using KubeDoH.Api.Inspect;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Compare;

/// <summary>How much at once, and for how long.</summary>
/// <param name="AtOnce">Questions on their way, whoever compares.</param>
/// <param name="Timeout">For one try at the other server, of which there are two.</param>
/// <param name="Deadline">For all questions of a call: those that are left then have failed.</param>
internal sealed record CompareLimits(int AtOnce, TimeSpan Timeout, TimeSpan Deadline)
{
    public static readonly CompareLimits Usual = new(8, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));
}

/// <summary>
/// Asks this service and another server the same, and tells the answers apart. The answers are those of two name servers: a pod's own
/// hosts file, which comes before either, is left out on both sides. Where a view has search domains this service looks through them
/// itself, and the other server, which cannot, is asked each candidate as the resolver of the pod would ask it: what is compared is
/// what the pod gets.
/// </summary>
internal sealed class Comparer(IResolver resolver, TimeProvider time, CompareLimits limits) : IDisposable
{
    private readonly SemaphoreSlim _room = new(limits.AtOnce);

    public void Dispose() => _room.Dispose();

    /// <summary>A server that can be asked.</summary>
    public OtherServer Open(UpstreamServer server) => new(server, limits.Timeout);

    /// <summary>Ends when the time for a call is over, or its caller has gone.</summary>
    public CancellationTokenSource StartDeadline(CancellationToken aborted)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        deadline.CancelAfter(limits.Deadline);
        return deadline;
    }

    /// <summary>Compares all, a few at once; the results in the order of the questions.</summary>
    public async Task<CompareDocument[]> CompareAllAsync(
        OtherServer other, IReadOnlyList<CompareQuestion> questions, CancellationToken deadline)
    {
        var results = new CompareDocument[questions.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = limits.AtOnce };
        await Parallel.ForAsync(
            0, questions.Count, options, async (at, _) => results[at] = await CompareAsync(other, questions[at], deadline));
        return results;
    }

    /// <summary>Compares one.</summary>
    public async Task<CompareDocument> CompareAsync(OtherServer other, CompareQuestion question, CancellationToken deadline)
    {
        if (question.Unseen is { } unseen) return Fail(question, unseen);
        try
        {
            await _room.WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            return Fail(question, OutOfTime);
        }

        try
        {
            return await AskBothAsync(other, question, deadline);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Fail(question, OutOfTime);
        }
        finally
        {
            _room.Release();
        }
    }

    private string OutOfTime => $"the time for all questions, {limits.Deadline.TotalSeconds:0.#} s, was over";

    private async Task<CompareDocument> AskBothAsync(OtherServer other, CompareQuestion question, CancellationToken deadline)
    {
        using Query query = Query.Rent();
        query.Ask(question.Name, question.Type);
        query.View = question.View with { HostAliases = null };
        var trace = new ResolutionTrace(time);
        query.Trace = trace;
        Answer answer = await resolver.ResolveAsync(query, deadline);
        CompareSideDocument ours = OurSide.Of(answer, query, trace.Found ?? DnsName.Copy(query.Name));
        OtherReply reply = await other.AskAsync(DnsName.Copy(query.Name), query.Type, query.View, deadline);
        if (reply.Failure is { } failure) return Fail(question, failure) with { Ours = ours };
        var theirs = new CompareSideDocument(RcodeText.Write(reply.Rcode), reply.Name.ToString(), null, null, reply.Records, reply.Soa);
        IReadOnlyList<DifferenceDocument> differences = Difference.Find(ours, theirs);
        bool bothFail = ours.Rcode == theirs.Rcode && reply.Rcode == Rcode.ServFail;
        string verdict = bothFail ? CompareDocument.Failed : differences.Count > 0 ? CompareDocument.Different : CompareDocument.Same;
        return new CompareDocument(
            verdict, question.Document, question.From, ours, theirs, bothFail ? "both sides fail" : null, differences,
            Difference.FindHints(ours, theirs));
    }

    private static CompareDocument Fail(CompareQuestion question, string reason) =>
        new(CompareDocument.Failed, question.Document, question.From, null, null, reason, [], []);
}
