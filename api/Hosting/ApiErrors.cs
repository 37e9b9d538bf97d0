using KubeDoH.Api.Metrics;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// Stands before everything else: a refusal that has no body yet (an unknown path, a method or media type that its endpoint does not
/// take) gets a problem as its body, and an exception that nobody caught becomes a 500 that tells nothing but the id under which the
/// log has it. What is answered at once passes without a state machine.
/// </summary>
internal sealed partial class ApiErrors(ILogger<ApiErrors> logger)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            Task pending = next(context);
            if (!pending.IsCompletedSuccessfully) return AwaitAsync(pending, context);
        }
        catch (Exception e)
        {
            return FailAsync(context, e);
        }

        return HasNoBody(context) ? ExplainAsync(context) : Task.CompletedTask;
    }

    private async Task AwaitAsync(Task pending, HttpContext context)
    {
        try
        {
            await pending;
        }
        catch (Exception e)
        {
            await FailAsync(context, e);
            return;
        }

        if (HasNoBody(context)) await ExplainAsync(context);
    }

    private static bool HasNoBody(HttpContext context) =>
        context.ResponseFeature() is
        {
            StatusCode: >= StatusCodes.Status400BadRequest, HasStarted: false, Headers: { ContentType.Count: 0, ContentLength: null },
        };

    private static Task ExplainAsync(HttpContext context)
    {
        int status = context.Response.StatusCode;
        return status switch
        {
            StatusCodes.Status404NotFound => ApiProblems.WriteAsync(
                context, status, "not-found", "Not found", "There is nothing at this path."),
            StatusCodes.Status405MethodNotAllowed => ApiProblems.WriteAsync(
                context, status, "method-not-allowed", "The method is not allowed here", $"Allowed: {context.Response.Headers.Allow}."),
            StatusCodes.Status415UnsupportedMediaType => ApiProblems.NotOfType(context, "application/json").ExecuteAsync(context),
            _ => ApiProblems.WriteAsync(context, status, "bad-request", "Bad request", "The request cannot be answered."),
        };
    }

    private Task FailAsync(HttpContext context, Exception exception)
    {
        if (context.RequestAborted.IsCancellationRequested) return Task.CompletedTask;
        var bad = exception as BadHttpRequestException;
        if (bad is null) Panics.Note();
        if (bad is null) Log.RequestFailed(logger, context.TraceIdentifier, context.Request.Method, context.Request.Path, exception);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.Clear();
        return bad is not null
            ? ApiProblems.WriteAsync(context, bad.StatusCode, "bad-request", "Bad request",
                "The request is too slow, too large or cut off.")
            : ApiProblems.WriteAsync(context, StatusCodes.Status500InternalServerError, "internal-error", "Internal error",
                "The log has it under this instance.");
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId}, {Method} {Path}, failed because of a bug")]
        public static partial void RequestFailed(ILogger logger, string requestId, string method, PathString path, Exception exception);
    }
}
