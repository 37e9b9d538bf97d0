using System.Text.Json.Nodes;
using KubeDoH.Api.Inspect;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>The operation that says why.</summary>
internal static class ExplainOperations
{
    private const string Json = "application/json";

    private const string FoundExample = """
        {
          "verdict": "secco A is 10.101.195.184, says cluster.",
          "question": { "name": "secco.", "type": "A", "absolute": false },
          "view": {
            "origin": "namespace", "namespace": "dns-playground",
            "search": ["dns-playground.svc.cluster.local.", "svc.cluster.local.", "cluster.local."], "ndots": 5, "hostAliases": 0
          },
          "answer": {
            "rcode": "NOERROR", "source": "cluster", "authoritative": true, "ttl": 30,
            "answer": [
              { "name": "secco.", "type": "CNAME", "ttl": 30, "data": "secco.dns-playground.svc.cluster.local." },
              { "name": "secco.dns-playground.svc.cluster.local.", "type": "A", "ttl": 30, "data": "10.101.195.184" }
            ],
            "authority": [], "additional": []
          },
          "steps": [
            { "kind": "candidate", "name": "secco.dns-playground.svc.cluster.local.", "type": "A", "at": 0.01, "found": true },
            {
              "kind": "source", "name": "secco.dns-playground.svc.cluster.local.", "type": "A", "at": 0.02, "source": "entries",
              "verdict": "not-mine", "origins": [], "took": 0.001
            },
            {
              "kind": "source", "name": "secco.dns-playground.svc.cluster.local.", "type": "A", "at": 0.03, "source": "cluster",
              "verdict": "answer",
              "records": [{ "name": "secco.dns-playground.svc.cluster.local.", "type": "A", "ttl": 30, "data": "10.101.195.184" }],
              "origins": [{ "kind": "Service", "namespace": "dns-playground", "name": "secco" }], "took": 0.002
            }
          ],
          "cost": { "upstreamQuestions": 0, "podQuestions": 2 },
          "milliseconds": 0.03,
          "findings": []
        }
        """;

    private const string BrokenExample = """
        {
          "verdict": "secco.default.svc.cluster.local does not exist, says cluster.",
          "question": { "name": "secco.default.svc.cluster.local.", "type": "A", "absolute": true },
          "view": { "origin": "none", "search": [], "ndots": 1, "hostAliases": 0 },
          "answer": {
            "rcode": "NXDOMAIN", "source": "cluster", "authoritative": true, "ttl": 30, "answer": [],
            "authority": [{
              "name": "cluster.local.", "type": "SOA", "ttl": 30,
              "data": "ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 30"
            }],
            "additional": []
          },
          "steps": [
            {
              "kind": "source", "name": "secco.default.svc.cluster.local.", "type": "A", "at": 0.02, "source": "cluster",
              "verdict": "nxdomain", "records": [], "reason": "no service secco in the namespace default", "origins": [], "took": 0.004
            }
          ],
          "cost": { "upstreamQuestions": 0, "podQuestions": 2 },
          "milliseconds": 0.02,
          "findings": [{
            "kind": "other-namespace", "weight": "problem",
            "text": "There is a service secco in the namespace dns-playground; it was looked for in the namespace default.",
            "evidence": ["Service dns-playground/secco"], "names": ["secco.dns-playground.svc.cluster.local."],
            "try": ["curl -H accept:text/plain 'http://127.0.0.1:8053/api/v1/explain?name=secco.dns-playground.svc.cluster.local.'"]
          }]
        }
        """;

    private const string TextExample = """
        NXDOMAIN  secco.default.svc.cluster.local does not exist, says cluster.

          seen from nowhere in particular: names are taken as they come
          cost      0 upstream questions, 0.02 ms; a pod with ndots:5 asks 2

          secco.default.svc.cluster.local. A
             not mine  hostAliases, entries, hosts
             NXDOMAIN  cluster      no service secco in the namespace default

        answer    NXDOMAIN from cluster, authoritative
          secco.default.svc.cluster.local.
                  nothing; the SOA of cluster.local. says so for 30 s

        problem   There is a service secco in the namespace dns-playground; it was
                  looked for in the namespace default.
                  - Service dns-playground/secco
            try:  curl -H accept:text/plain 'http://127.0.0.1:8053/api/v1/explain?name=secco.dns-playground.svc.cluster.local.'
        """;

    public static void Explain(OperationDraft draft) => draft
        .Describe("""
            Asks a question as `/dns-query` does, on the same way through the same sources, and tells each step: the candidates of the
            search list, what each source said and from what object, entry, line or rule, aliases, what the cache had and which upstream
            servers were asked; the answer as a client gets it; what it cost, and what it would have cost a pod. Behind that, what is likely
            wrong, what this rests on, and what to run next: nothing for a name that is well. To tell, other names may be asked for too.
            With `Accept: text/plain` it is a page for a terminal of 80 columns.
            """.ReplaceLineEndings(" "))
        .Protected()
        .Question()
        .Query("cd", OperationDraft.Text, "`1`, `true` or nothing behind it: upstream servers need not check signatures (DNSSEC).", "0")
        .Query("do", OperationDraft.Text, "`1`, `true` or nothing behind it: signatures are wanted too.", "0")
        .Answers(200, "How it went, and why.", ("Vary", "`Accept`, which chooses the media type.", "Accept"))
        .As(200, Json, draft.Schema<ExplainDocument>(),
            ("found", JsonNode.Parse(FoundExample)!), ("broken", JsonNode.Parse(BrokenExample)!))
        .As(200, ExplainEndpoints.TextMediaType, OperationDraft.Text, ("broken", JsonValue.Create(TextExample)))
        .Answers(503, "Service Unavailable", ("Retry-After", "Seconds.", "1"))
        .Problems(ProblemTypes.Dns.Where(problem => problem.Status != 414))
        .Problems(ProblemTypes.NoQuestion);
}
