using System.Text.Json.Nodes;
using KubeDoH.Api.Compare;
using KubeDoH.Api.Inspect;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>The operations that compare.</summary>
internal static class CompareOperations
{
    private const string Json = "application/json";

    private const string Question = """{ "name": "secco.dns-playground.svc.cluster.local.", "type": "A", "absolute": true }""";

    private const string Ours = """
        {
          "rcode": "NOERROR", "name": "secco.dns-playground.svc.cluster.local.", "source": "cluster",
          "records": [{ "name": "secco.dns-playground.svc.cluster.local.", "type": "A", "ttl": 30, "data": "10.101.195.184" }]
        }
        """;

    private const string Missing = $$"""
        {
          "verdict": "different", "question": {{Question}}, "ours": {{Ours}},
          "theirs": { "rcode": "NXDOMAIN", "name": "secco.dns-playground.svc.cluster.local.", "records": [] },
          "differences": [
            { "kind": "rcode", "ours": "NOERROR", "theirs": "NXDOMAIN" },
            { "kind": "only-ours", "name": "secco.dns-playground.svc.cluster.local.", "type": "A", "ours": "10.101.195.184" }
          ],
          "hints": []
        }
        """;

    private const string ReportText = """
        2 questions here and at 10.96.0.10: 1 same, 1 different, 0 failed.

        different secco.dns-playground.svc.cluster.local. A
                  - NOERROR here, NXDOMAIN there
                  - only here: secco.dns-playground.svc.cluster.local. A 10.101.195.184
        """;

    public static void One(OperationDraft draft) => Answer(draft
        .Describe("""
            Asks this service and one of `Compare:Servers` the same, and tells the answers apart by response code, the name that was found
            and the set of records. Their order is no difference; TTLs, the serial of an SOA and the SOA behind an absence are hints. Seen
            from a pod or namespace, the other server is asked each candidate of the search list as the pod's resolver would ask it; the
            pod's own hosts file stays out. With `Accept: text/plain` it is a page for a terminal of 80 columns.
            """.ReplaceLineEndings(" "))
        .Protected()
        .Question()
        .Query("server", OperationDraft.Text, "One of `Compare:Servers`; may be left out where there is one.", "10.96.0.10"))
        .As(200, Json, draft.Schema<CompareDocument>(), ("different", JsonNode.Parse(Missing)!))
        .Answers(503, "Service Unavailable", ("Retry-After", "Seconds.", "1"))
        .Problems(ProblemTypes.Dns.Where(problem => problem.Status != 414))
        .Problems(ProblemTypes.NoQuestion, ProblemTypes.CompareOff);

    public static void List(OperationDraft draft) => Answer(draft
        .Describe("""
            The same for a list, a few at once and for a minute at most: how many answers are the same, and each that is not. What is left
            after the minute has failed, as has a question from a namespace or pod that is not there. Nothing is changed.
            """.ReplaceLineEndings(" "))
        .Protected()
        .Body(Json, draft.Schema<CompareBody>(), "1 to 1000 questions.", ("names", JsonNode.Parse("""
            {
              "server": "10.96.0.10",
              "questions": [{ "name": "secco.dns-playground.svc.cluster.local.", "type": "A" }, { "name": "secco", "ns": "dns-playground" }]
            }
            """)!)))
        .As(200, Json, draft.Schema<CompareReport>(), ("report", JsonNode.Parse($$"""
            {
              "server": "10.96.0.10", "questions": 2, "same": 1, "different": 1, "failed": 0, "hinted": 0,
              "results": [{{Missing}}]
            }
            """)!))
        .As(200, ExplainEndpoints.TextMediaType, OperationDraft.Text, ("report", JsonValue.Create(ReportText)))
        .Problems(ProblemTypes.Body.Where(problem => problem.Name is "bad-body" or "too-large" or "media-type"))
        .Problems(ProblemTypes.CrossSite, ProblemTypes.BadParameter, ProblemTypes.CompareOff);

    private static OperationDraft Answer(OperationDraft draft) => draft
        .Answers(200, "What came of it.", ("Vary", "`Accept`, which chooses the media type.", "Accept"))
        .As(200, ExplainEndpoints.TextMediaType, OperationDraft.Text);
}
