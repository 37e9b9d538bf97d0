using System.Diagnostics;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Metrics;

/// <summary>A span for each question, made when it is over: where nobody listens nothing is made.</summary>
internal static class Tracing
{
    public const string SourceName = "KubeDoH";

    private static readonly ActivitySource Source = new(SourceName);

    public static bool IsOn => Source.HasListeners();

    /// <summary>Below the caller's own span where it names one (W3C Trace Context).</summary>
    public static void Trace(HttpContext context, Query query, Answer answer, TimeSpan duration, TimeProvider time)
    {
        IHeaderDictionary headers = context.Request.Headers;
        ActivityContext.TryParse(headers.TraceParent, headers.TraceState, out ActivityContext parent);
        DateTimeOffset end = time.GetUtcNow();
        using Activity? span = Source.StartActivity("dns.query", ActivityKind.Server, parent, startTime: end - duration);
        if (span is null) return;
        span.SetTag("dns.question.name", NameText.Write(query.NameAsAsked));
        span.SetTag("dns.question.type", RecordTypeText.Write(query.Type));
        span.SetTag("dns.response_code", RcodeText.Write(answer.Rcode));
        span.SetTag("kubedoh.source", answer.Source);
        if (query.View.Namespace is { } seen) span.SetTag("kubedoh.namespace", seen);
        if (answer.Error is { } error) span.SetTag("dns.extended_error", error.Text);
        if (answer.Rcode == Rcode.ServFail) span.SetStatus(ActivityStatusCode.Error);
        span.SetEndTime(end.UtcDateTime);
    }
}
