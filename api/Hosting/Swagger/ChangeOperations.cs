using System.Text.Json.Nodes;
using KubeDoH.Api.Entries;
using Microsoft.OpenApi;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>The operations beside the entries themselves: writes in one step, what happens, and what happened.</summary>
internal static class ChangeOperations
{
    private const string Json = "application/json";

    private const string Change = $$"""
        {
          "revision": 7, "at": "2026-11-23T09:05:00+00:00", "by": { "name": "token 1", "address": "192.0.2.7" },
          "change": "created", "name": "db.corp.example.", "type": "A", "after": {{EntryOperations.Entry}}
        }
        """;

    private const string Events = "retry: 2000\nid: 6\n\nevent: created\nid: 7\ndata: "
        + "{\"revision\":7,\"change\":\"created\",\"name\":\"db.corp.example.\",\"type\":\"A\"}\n\n";

    private static readonly (string, string, string) NextPage = ("Link", "The next page (RFC 8288), where there is one.",
        "</api/v1/entry-history?limit=1&cursor=41>; rel=\"next\"");

    public static void Batch(OperationDraft draft) => EntryOperations.Writing(draft
            .Describe($"""
                Carries out all of the operations or none, each as if those before it had happened, and under one revision. `put` creates or
                replaces, `create` creates only, `delete` deletes, without a type everything at the name; `ifRevision` is the revision that
                must be there. What is wrong is told of all operations at once. At most {BatchEndpoints.MaxOperations} operations in
                {BatchEndpoints.MaxBody} octets.
                """.ReplaceLineEndings(" ").Trim())
            .Protected())
        .Body(Json, draft.Schema<BatchBody>(), "The operations.", ("move", JsonNode.Parse("""
            {
              "atomic": true,
              "operations": [
                { "op": "create", "name": "new.corp.example", "type": "A", "ttl": 60, "records": ["10.0.0.5"] },
                { "op": "put", "name": "old.corp.example", "type": "CNAME", "ttl": 60, "records": ["new.corp.example."] }
              ]
            }
            """)!))
        .Answers(200, "All of them happened.", EntryOperations.DryRun)
        .As(200, Json, draft.Schema<BatchReply>(), ("moved", JsonNode.Parse($$"""
            {
              "revision": 7,
              "results": [
                { "outcome": "created", "entry": {{Moved("new", "A", "10.0.0.5")}} },
                { "outcome": "created", "entry": {{Moved("old", "CNAME", "new.corp.example.")}} }
              ]
            }
            """)!))
        .Problems(ProblemTypes.Body)
        .Problems(ProblemTypes.Batch);

    public static void History(OperationDraft draft) => draft
        .Describe("Every change of an entry with who made it, when and from where, before and after: the latest first. The store keeps "
            + "`Store:History` of them.")
        .Protected()
        .Query("name", OperationDraft.Text, "Only changes at this name.", "db.corp.example")
        .Query("type", OperationDraft.Text, "Only changes of entries of this type.", "A")
        .Query("by", OperationDraft.Text, "Only changes that this caller made.", "token 1")
        .Query("since", Moment, "Only changes from this moment on.", "2026-11-23T09:00:00Z")
        .Query("until", Moment, "Only changes before this moment.", "2026-11-24T09:00:00Z")
        .Query("limit", OperationDraft.Number(1, ListRequest.MaxLimit, ListRequest.DefaultLimit), "The most changes of a page.")
        .Query("cursor", OperationDraft.Text, "Where the page before ended: its `next`.", "41")
        .Answers(200, "The changes.", NextPage)
        .As(200, Json, draft.Schema<HistoryList>(), ("page", JsonNode.Parse($$"""{ "changes": [{{Change}}], "next": "41" }""")!))
        .Problems(ProblemTypes.BadParameter, ProblemTypes.Unreadable);

    public static void Follow(OperationDraft draft) => draft
        .Describe("""
            Server-sent events (HTML 9.2): `created`, `replaced` or `deleted` with a change as in the history. The last change of a write
            has its revision as the event's id; who comes back with it in `Last-Event-ID` misses nothing. A comment each 15 seconds shows
            that the stream is alive. Entries that expire are told of when they are taken away, within a minute. When the caller may
            follow no more, the stream ends within seconds.
            """.ReplaceLineEndings(" ").Trim())
        .Protected()
        .Query("after", OperationDraft.Text,
            "Begin behind this revision, such as that of a list; without it, with what happens from now on.", "6")
        .Header(EventEndpoints.LastEventId, "The last id that was seen; it comes before `after`.", "6")
        .Answers(200, "Changes, without an end.", ("Cache-Control", "`no-store`", "no-store"))
        .As(200, EventStream.MediaType, OperationDraft.Text, ("events", JsonValue.Create(Events)))
        .Answers(503, "Service Unavailable", ("Retry-After", "Seconds.", "5"))
        .Problems(ProblemTypes.Events);

    private static OpenApiSchema Moment => new() { Type = JsonSchemaType.String, Format = "date-time" };

    /// <summary>What the batch of the example writes.</summary>
    private static string Moved(string label, string type, string record) => $$"""
        {
          "name": "{{label}}.corp.example.", "type": "{{type}}", "ttl": 60, "records": ["{{record}}"], "enabled": true, "namespaces": [], "labels": {},
          "passThrough": false, "autoPtr": true, "source": "api", "revision": 7,
          "createdAt": "2026-11-23T09:00:00+00:00", "updatedAt": "2026-11-23T09:00:00+00:00"
        }
        """;
}
