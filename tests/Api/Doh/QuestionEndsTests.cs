using KubeDoH.Api.Doh;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Tests.Api.Doh;

/// <summary>A question ends when its client goes, and only those that wait have to know when that is.</summary>
public sealed class QuestionEndsTests
{
    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Question_that_is_answered_at_once_asks_nobody_when_its_client_goes(string method)
    {
        using var client = new WatchedClient();

        HttpContext context = await AskAsync(new ScriptedResolver(), "web.example", client, method);

        Assert.Equal((200, 0), (context.Response.StatusCode, client.Looks));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Client_that_goes_ends_the_question_that_waits(string method)
    {
        using var client = new WatchedClient();
        var resolver = new ScriptedResolver();
        Task asked = AskAsync(resolver, "hangs.example", client, method);
        await resolver.Hanging.Task;
        Assert.False(asked.IsCompleted);

        client.Abort();

        await resolver.Cancelled.Task;
        await asked;
    }

    [Fact]
    public async Task Client_that_has_gone_before_ends_the_question_that_would_wait()
    {
        using var client = new WatchedClient();
        client.Abort();
        var resolver = new ScriptedResolver();

        await AskAsync(resolver, "hangs.example", client);

        await resolver.Cancelled.Task;
    }

    /// <summary>On one thread, as a source is kept for each.</summary>
    [Fact]
    public void Source_is_used_again_but_by_no_two_at_once_and_not_when_it_was_cancelled()
    {
        CancellationTokenSource first = QuestionEnds.Rent(), second = QuestionEnds.Rent();
        Assert.NotSame(first, second);
        QuestionEnds.Return(first);
        Assert.Same(first, QuestionEnds.Rent());

        first.Cancel();
        QuestionEnds.Return(first);

        Assert.False(QuestionEnds.Rent().IsCancellationRequested);
    }

    [Fact]
    public async Task Client_that_goes_after_its_answer_ends_nobody_elses_question()
    {
        using var gone = new WatchedClient();
        var tokens = new LateResolver();
        await AskAsync(tokens, "web.example", gone);
        gone.Abort();

        Assert.False(tokens.Last.IsCancellationRequested);
    }

    private static async Task<HttpContext> AskAsync(IResolver resolver, string name, WatchedClient client, string method = "GET")
    {
        byte[] message = Messages.Named(name);
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpRequestLifetimeFeature>(client);
        context.Request.Method = method;
        if (method == "GET") context.Request.QueryString = new QueryString($"?dns={Messages.Encode(message)}");
        if (method == "POST") context.Request.Body = new MemoryStream(message);
        context.Request.ContentType = DohReply.WireMediaType;
        await new DohHandler(resolver, new ScriptedViews(), NullLogger<DohHandler>.Instance).QueryAsync(context);
        return context;
    }

    /// <summary>Counts how often it was asked for its token.</summary>
    private sealed class WatchedClient : IHttpRequestLifetimeFeature, IDisposable
    {
        private readonly CancellationTokenSource _source = new();

        public int Looks { get; private set; }

        public CancellationToken RequestAborted
        {
            get
            {
                Looks++;
                return _source.Token;
            }
            set => throw new NotSupportedException();
        }

        public void Abort() => _source.Cancel();

        public void Dispose() => _source.Dispose();
    }

    /// <summary>Answers a little later, and remembers by which token.</summary>
    private sealed class LateResolver : IResolver
    {
        public CancellationToken Last { get; private set; }

        public async ValueTask<Answer> ResolveAsync(Query query, CancellationToken cancellationToken)
        {
            Last = cancellationToken;
            await Task.Yield();
            return LocalAnswers.Failure("forward", Rcode.ServFail, ExtendedErrorCode.Other, "late");
        }
    }
}
