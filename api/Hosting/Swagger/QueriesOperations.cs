using System.Text.Json.Nodes;
using KubeDoH.Api.Entries;
using KubeDoH.Api.Queries;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>The operations that show what is asked.</summary>
internal static class QueriesOperations
{
    private const string Events =
        "retry: 2000\n\nevent: asked\ndata: "
        + "{\"at\":\"2026-11-27T09:00:00+00:00\",\"name\":\"nobody.svc.cluster.local.\",\"type\":\"A\",\"rcode\":\"NXDOMAIN\","
        + "\"source\":\"cluster\",\"proto\":\"udp\",\"milliseconds\":0.011,\"size\":115}\n\nevent: dropped\ndata: {\"count\":1200}\n\n";

    private const string SummaryExample = """
        {
          "since": "2026-11-27T08:55:00+00:00", "questions": 1043, "uncounted": 0,
          "top": [{ "name": "secco.dns-playground.svc.cluster.local.", "count": 611, "atLeast": 611 }],
          "nxDomain": [{ "name": "secco.default.svc.cluster.local.", "count": 40, "atLeast": 40 }],
          "slowest": [{ "name": "www.example.com.", "type": "A", "rcode": "NOERROR", "source": "forward", "milliseconds": 48.2 }]
        }
        """;

    public static void Follow(OperationDraft draft) => draft
        .Describe($"""
            Server-sent events (HTML 9.2): `asked` for each question that was answered from now on, over whatever it came. Filters add up.
            A caller gets at most {QueryListener.Room} questions each {QueryStream.Pace.TotalMilliseconds:0} ms; `dropped` says how many
            more there were.
            A comment each 15 seconds shows that the stream is alive. At most {QueryWatch.Places} callers follow at once.
            When the caller may follow no more, the stream ends within seconds.
            """.ReplaceLineEndings(" ").Trim())
        .Protected()
        .Query("suffix", OperationDraft.Text, "Only names at or below this one, as they were asked.", "corp.example")
        .Query("namespace", OperationDraft.Text, "Only questions seen from this namespace.", "dns-playground")
        .Query("rcode", OperationDraft.Text, "Only answers with this response code.", "NXDOMAIN")
        .Query("source", OperationDraft.Text, "Only answers that this gave.", "forward")
        .Query("slower", OperationDraft.Text, "Only questions that took so long or longer.", "20ms")
        .Answers(200, "Questions, without an end.", ("Cache-Control", "`no-store`", "no-store"))
        .As(200, EventStream.MediaType, OperationDraft.Text, ("events", JsonValue.Create(Events)))
        .Answers(503, "Service Unavailable", ("Retry-After", "Seconds.", "5"))
        .Problems(ProblemTypes.QueryEvents);

    public static void Summary(OperationDraft draft) => draft
        .Describe("""
            The names asked most, those asked most that did not exist, and the slowest questions, one of a name and type. Memory does not
            grow with what is asked: where very many names are, `count` may be too high by what `atLeast` is lower, and rare names are left
            out.
            """.ReplaceLineEndings(" ").Trim())
        .Protected()
        .Query("minutes", OperationDraft.Number(1, QuerySummary.Minutes, QueriesEndpoints.DefaultMinutes),
            "The present minute and those before it.")
        .Query("limit", OperationDraft.Number(1, QueriesEndpoints.MaxLimit, QueriesEndpoints.DefaultLimit), "The most of each list.")
        .Answers(200, "The summary.")
        .As(200, "application/json", draft.Schema<QuerySummaryDocument>(), ("summary", JsonNode.Parse(SummaryExample)!))
        .Problems(ProblemTypes.BadParameter, ProblemTypes.QueriesOff);
}
