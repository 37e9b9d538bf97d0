using KubeDoH.Api.Hosting;
using KubeDoH.Api.Metrics;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace KubeDoH.Api.Doh;

/// <summary>
/// Reads a request, has it resolved and writes the reply. A GET that is answered at once runs through without a state machine.
/// What the engine throws is a bug: it is logged, and the client gets SERVFAIL in a 200 like for any other failure of the DNS.
/// </summary>
internal sealed partial class DohHandler(IResolver resolver, IClientViews views, ILogger<DohHandler> logger, QueryReport? report = null)
{
    public const string QueryMethods = "GET, HEAD, POST, OPTIONS";
    public const string ResolveMethods = "GET, HEAD, OPTIONS";

    private static readonly Answer InternalError =
        LocalAnswers.Failure("api", Rcode.ServFail, ExtendedErrorCode.Other, "internal error");

    /// <summary><c>/dns-query</c>.</summary>
    public Task QueryAsync(HttpContext context) => QueryAsync(context, context.RequestFeature(), default);

    /// <summary>The same, where the request was looked at already.</summary>
    public Task QueryAsync(HttpContext context, IHttpRequestFeature request) => QueryAsync(context, request, default);

    /// <summary><c>/dns-query/ns/{namespace}</c>.</summary>
    public Task QueryInNamespaceAsync(HttpContext context) =>
        QueryAsync(context, context.RequestFeature(), new DohPath(context.Request.RouteValues["namespace"] as string));

    /// <summary><c>/dns-query/pod/{namespace}/{pod}</c>.</summary>
    public Task QueryFromPodAsync(HttpContext context) => QueryAsync(
        context, context.RequestFeature(),
        new DohPath(context.Request.RouteValues["namespace"] as string, context.Request.RouteValues["pod"] as string));

    /// <summary><c>/resolve</c>.</summary>
    public Task ResolveAsync(HttpContext context) => ResolveAsync(context, context.RequestFeature());

    /// <summary>The same, where the request was looked at already.</summary>
    public Task ResolveAsync(HttpContext context, IHttpRequestFeature request) => request.Method is "GET" or "HEAD"
        ? GetAsync(context, request, default, jsonOnly: true)
        : WithoutQuestionAsync(context, ResolveMethods);

    /// <summary>By method, whose case counts (RFC 9110 9.1).</summary>
    private Task QueryAsync(HttpContext context, IHttpRequestFeature request, in DohPath path) => request.Method switch
    {
        "GET" or "HEAD" => GetAsync(context, request, path, jsonOnly: false),
        "POST" => PostAsync(context, request, path),
        _ => WithoutQuestionAsync(context, QueryMethods),
    };

    private static Task WithoutQuestionAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        if (context.Request.Method != HttpMethods.Options) return DohRefusal.Method(allowed).WriteAsync(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <param name="waited">Since when, for one who waited for the pods.</param>
    private Task GetAsync(
        HttpContext context, IHttpRequestFeature head, in DohPath path, bool jsonOnly, QuestionStart? waited = null)
    {
        QuestionStart start = waited ?? Begin(context);
        Query query = Query.Rent();
        DohRequest request;
        try
        {
            request = ReadGet(context, head, query, path, jsonOnly);
        }
        catch (Exception e)
        {
            request = Unreadable(context, e);
        }

        if (request.Refusal is null && request.HeaderRcode == Rcode.NoError) return AnswerAsync(context, query, request, start);
        if (request.Refusal is { AwaitsPods: true } && waited is null)
        {
            query.Dispose();
            return GetBehindPodsAsync(context, head, path, jsonOnly, start);
        }

        Task written = WriteUnasked(context, query, request);
        query.Dispose();
        return written;
    }

    /// <summary>Whose pod is the first to be asked for waits for the pods to be read.</summary>
    private async Task GetBehindPodsAsync(
        HttpContext context, IHttpRequestFeature head, DohPath path, bool jsonOnly, QuestionStart start)
    {
        if (await AwaitPodsAsync(context)) await GetAsync(context, head, path, jsonOnly, waited: start);
    }

    /// <summary>False when the client has gone meanwhile.</summary>
    private async Task<bool> AwaitPodsAsync(HttpContext context)
    {
        await views.AwaitPodsAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !context.RequestAborted.IsCancellationRequested;
    }

    private DohRequest ReadGet(HttpContext context, IHttpRequestFeature head, Query query, in DohPath path, bool jsonOnly)
    {
        if (!jsonOnly && path.Namespace is null
            && DohParameters.IsMessageAlone(head.QueryString, out ReadOnlySpan<char> message))
            return DohRequest.ReadMessage(message, query);
        if (ReadParameters(head, query, path, out DohParameters parameters) is { } refusal) return refusal;
        DohRequest request = DohRequest.Read(context.Request, parameters, query, jsonOnly);
        if (request.Absolute && query.View.SearchList.Count > 0) query.View = query.View with { SearchList = [] };
        return request;
    }

    /// <summary>Reads what the target says, which holds for every method; the view goes into the query.</summary>
    private DohRefusal? ReadParameters(IHttpRequestFeature head, Query query, in DohPath path, out DohParameters parameters)
    {
        parameters = default;
        if (head.RawTarget.Length > DohRequest.MaxTarget) return DohRefusal.TargetTooLong();
        if (DohParameters.TryRead(head.QueryString, out parameters) is { } refusal) return refusal;
        refusal = DohView.TrySelect(views, path, parameters, out ClientView view);
        query.View = view;
        return refusal;
    }

    private QuestionStart Begin(HttpContext context) => report?.Begin(context) ?? default;

    private static Task WriteUnasked(HttpContext context, Query query, in DohRequest request)
    {
        QueryReport.Refused(context, request.Refusal?.Status ?? StatusCodes.Status200OK);
        if (request.Refusal is { } refusal) return refusal.WriteAsync(context);
        DohReply.WriteHeader(context, query.Id, request.HeaderFlags, request.HeaderRcode);
        return Task.CompletedTask;
    }

    /// <summary>Asks, writes, and gives the query back.</summary>
    private Task AnswerAsync(HttpContext context, Query query, in DohRequest request, QuestionStart start)
    {
        if (request.Types is not null) return AnswerAllAsync(context, query, request.Types, request.Format, start);
        Answer answer;
        CancellationTokenSource end = QuestionEnds.Rent();
        try
        {
            ValueTask<Answer> pending = resolver.ResolveAsync(query, end.Token);
            if (!pending.IsCompletedSuccessfully) return AwaitAsync(pending, end, context, query, request.Format, request.IsNamed, start);
            answer = pending.Result;
        }
        catch (Exception e)
        {
            answer = Failed(context, e);
        }

        QuestionEnds.Return(end);
        Write(context, query, answer, request.Format, request.IsNamed, start);
        query.Dispose();
        return Task.CompletedTask;
    }

    private async Task AwaitAsync(
        ValueTask<Answer> pending, CancellationTokenSource end, HttpContext context, Query query, DohFormat format, bool named,
        QuestionStart start)
    {
        Answer? answer;
        CancellationTokenRegistration client = end.FollowClient(context);
        try
        {
            answer = await pending;
        }
        catch (Exception e)
        {
            answer = AnswerTo(e, context);
        }

        await client.DisposeAsync();
        if (end.TryReset()) QuestionEnds.Return(end);
        if (answer is not null) Write(context, query, answer, format, named, start);
        query.Dispose();
    }

    /// <summary>One resolution after the other: a caller's several types are no reason to ask upstreams in parallel for it.</summary>
    private async Task AnswerAllAsync(HttpContext context, Query query, RecordType[] types, DohFormat format, QuestionStart start)
    {
        byte[] name = query.NameAsAsked.ToArray();
        bool checkingDisabled = query.CheckingDisabled, dnssecOk = query.DnssecOk;
        var answers = new TypedAnswer[types.Length];
        for (int i = 0; i < types.Length; i++)
        {
            query.Ask(name, types[i], checkingDisabled, dnssecOk);
            if (await AskAsync(query, context) is not { } answer)
            {
                query.Dispose();
                return;
            }

            answers[i] = new TypedAnswer(types[i], answer);
            report?.Answered(context, query, answer, answer.MaxSize(query), start);
            start = Begin(context);
        }

        DohReply.WriteJson(context, query, answers, format);
        query.Dispose();
    }

    /// <summary>The answer; null when the client has gone.</summary>
    private async ValueTask<Answer?> AskAsync(Query query, HttpContext context)
    {
        try
        {
            return await resolver.ResolveAsync(query, context.RequestAborted);
        }
        catch (Exception e)
        {
            return AnswerTo(e, context);
        }
    }

    /// <summary>SERVFAIL for a bug, null when the client has gone.</summary>
    private Answer? AnswerTo(Exception e, HttpContext context) =>
        e is OperationCanceledException && context.RequestAborted.IsCancellationRequested ? null : Failed(context, e);

    private Answer Failed(HttpContext context, Exception e)
    {
        Panics.Note();
        Log.ResolutionFailed(logger, context.TraceIdentifier, e);
        return InternalError;
    }

    private DohRefusal Unreadable(HttpContext context, Exception e)
    {
        Panics.Note();
        Log.ReadingFailed(logger, context.TraceIdentifier, e);
        return DohRefusal.Internal();
    }

    private void Write(HttpContext context, Query query, Answer answer, DohFormat format, bool named, QuestionStart start)
    {
        int length = format == DohFormat.Wire
            ? DohReply.WriteMessage(context, query, answer, varies: named)
            : DohReply.WriteJson(context, query, [new TypedAnswer(query.Type, answer)], format);
        report?.Answered(context, query, answer, length, start);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} was answered SERVFAIL because of a bug")]
        public static partial void ResolutionFailed(ILogger logger, string requestId, Exception exception);

        [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} could not be read because of a bug")]
        public static partial void ReadingFailed(ILogger logger, string requestId, Exception exception);
    }
}
