using System.IO.Pipelines;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace KubeDoH.Api.Doh;

/// <summary>A message in the body of a POST. One that has come with its request is read without a state machine.</summary>
internal sealed partial class DohHandler
{
    /// <param name="waited">Since when, for one who waited for the pods.</param>
    private Task PostAsync(HttpContext context, IHttpRequestFeature head, in DohPath path, QuestionStart? waited = null)
    {
        QuestionStart start = waited ?? Begin(context);
        Query query = Query.Rent();
        DohRequest? request;
        try
        {
            request = ReadPostHead(head, query, path) is { } refusal ? refusal : TryReadArrived(context, query);
            if (request is null) return PostBehindBodyAsync(context, query, start);
        }
        catch (Exception e)
        {
            request = Unread(context, e);
        }

        if (request is not { Refusal.AwaitsPods: true } || waited is not null) return AnswerPostAsync(context, query, request, start);
        query.Dispose();
        return PostBehindPodsAsync(context, head, path, start);
    }

    /// <summary>Whose pod is the first to be asked for waits for the pods to be read.</summary>
    private async Task PostBehindPodsAsync(HttpContext context, IHttpRequestFeature head, DohPath path, QuestionStart start)
    {
        if (await AwaitPodsAsync(context)) await PostAsync(context, head, path, waited: start);
    }

    /// <summary>Null when more has to come.</summary>
    private static DohRequest? TryReadArrived(HttpContext context, Query query)
    {
        PipeReader body = context.RequestReader();
        return body.TryRead(out ReadResult arrived) && DohRequest.TryReadBody(body, arrived, query, out DohRequest request)
            ? request
            : (DohRequest?)null;
    }

    private async Task PostBehindBodyAsync(HttpContext context, Query query, QuestionStart start)
    {
        DohRequest? request;
        try
        {
            PipeReader body = context.RequestReader();
            DohRequest read;
            while (!DohRequest.TryReadBody(body, await body.ReadAsync(), query, out read)) continue;
            request = read;
        }
        catch (Exception e)
        {
            request = Unread(context, e);
        }

        await AnswerPostAsync(context, query, request, start);
    }

    /// <param name="request">Null when the client has gone.</param>
    private Task AnswerPostAsync(HttpContext context, Query query, in DohRequest? request, QuestionStart start)
    {
        if (request is { Refusal: null, HeaderRcode: Rcode.NoError } asked) return AnswerAsync(context, query, asked, start);
        Task written = request is { } unasked ? WriteUnasked(context, query, unasked) : Task.CompletedTask;
        query.Dispose();
        return written;
    }

    private DohRefusal? ReadPostHead(IHttpRequestFeature head, Query query, in DohPath path)
    {
        if (ReadParameters(head, query, path, out DohParameters parameters) is { } refusal) return refusal;
        return parameters.Has(DohParameter.Dns) || parameters.Has(DohParameter.Name)
            ? DohRefusal.NoQuestion("A POST carries its question in the body, not in dns= or name=.")
            : DohRequest.RefuseBody(head.Headers);
    }

    /// <summary>Why a body could not be read; null when the client has gone.</summary>
    private DohRequest? Unread(HttpContext context, Exception e)
    {
        DohRefusal? refusal = e switch
        {
            BadHttpRequestException bad => BadBody(bad.StatusCode),
            IOException when !context.RequestAborted.IsCancellationRequested =>
                BadBody(StatusCodes.Status400BadRequest), // how Kestrel says that a chunk's size is no number
            IOException or OperationCanceledException => null,
            _ => Unreadable(context, e),
        };
        if (refusal is null) return null;
        return refusal;
    }

    private static DohRefusal BadBody(int status) =>
        new(status, "bad-body", "The body could not be read", "The body is malformed, too slow, too large or cut off.");
}
