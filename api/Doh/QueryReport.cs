using System.Net.Sockets;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Api.Metrics;
using KubeDoH.Api.Queries;
using KubeDoH.Engine.Listeners;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Api.Doh;

/// <summary>
/// Tells of each question what became of it: counts it, logs it, shows it and traces it where that is wanted. A hit costs no allocation.
/// </summary>
internal sealed class QueryReport(QueryMeters meters, Derived<QueryLog> log, QueryWatch watch, TimeProvider time)
{
    /// <summary>A request for an answer has come.</summary>
    public QuestionStart Begin(HttpContext context)
    {
        var start = new QuestionStart(time.GetTimestamp(), ServedConnection.Of(context));
        start.Connection?.NoteRequest(start.Timestamp);
        return start;
    }

    /// <param name="responseSize">Octets of the body.</param>
    public void Answered(HttpContext context, Query query, Answer answer, int responseSize, in QuestionStart start)
    {
        TimeSpan duration = time.GetElapsedTime(start.Timestamp);
        if (start.Connection?.Listener is { } listener)
        {
            QueryMeter meter = listener.Meter ??= meters.Of(listener.Server, "tcp");
            meter.Record(query, answer, IsV6(context), responseSize, duration);
            listener.CountReply(StatusCodes.Status200OK);
        }

        log.Value.Note(context, query, answer, responseSize, duration);
        watch.Note(context, query, answer, responseSize, duration);
        if (Tracing.IsOn) Tracing.Trace(context, query, answer, duration, time);
    }

    /// <summary>What a listener of classic DNS tells of its questions.</summary>
    /// <param name="proto"><c>udp</c> or <c>tcp</c>.</param>
    public ReplyReport OfListener(string server, string proto)
    {
        QueryMeter meter = meters.Of(server, proto);
        string shown = server.StartsWith("tls:", StringComparison.Ordinal) ? "tls" : proto;
        return (query, answer, client, size, duration) =>
        {
            meter.Record(query, answer, client.Address.IsV6, size, duration);
            log.Value.Note(client, proto, query, answer, size, duration);
            watch.Note(client.Address, shown, query, answer, size, duration);
        };
    }

    /// <summary>A request that held no question.</summary>
    public static void Refused(HttpContext context, int status) => ServedConnection.Of(context)?.Listener.CountReply(status);

    private static bool IsV6(HttpContext context) =>
        context.RemoteAddress() is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false };
}

/// <summary>When a question came, as a timestamp, and on which connection.</summary>
internal readonly record struct QuestionStart(long Timestamp, ServedConnection? Connection);
