using System.Text.Json.Nodes;
using KubeDoH.Api.Inspect;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>The operations that an operator looks through.</summary>
internal static class InspectOperations
{
    private const string Json = "application/json";

    private const string SourceExample = """
        {
          "name": "hosts", "ready": true, "description": "3 names from /etc/hosts (1 problems)",
          "parts": [{
            "name": "/etc/hosts", "ready": true, "count": 2, "skipped": 1,
            "problems": ["/etc/hosts:3: '10.0.0.500' is no IPv4 or IPv6 address"], "updatedAt": "2026-11-23T09:00:00+00:00"
          }]
        }
        """;

    private const string ClusterExample = """
        {
          "name": "cluster", "ready": false, "description": "cluster.local with 12 namespaces and 0 services",
          "parts": [{
            "name": "services", "ready": false, "count": 0, "skipped": 0, "problems": [],
            "heardAt": "2026-11-23T09:05:00+00:00", "watchAge": 1.25,
            "lastError": { "at": "2026-11-23T09:05:00+00:00", "text": "not allowed to list services", "permission": "list services" }
          }]
        }
        """;

    private const string RecordExample = """
        {
          "name": "secco.dns-playground.svc.cluster.local.", "type": "A", "ttl": 30, "records": ["10.101.195.184"], "source": "cluster",
          "namespaces": [], "origins": [{ "kind": "Service", "namespace": "dns-playground", "name": "secco" }]
        }
        """;

    private const string UpstreamExample = """
        {
          "address": "192.0.2.53:53", "transport": "udp", "rules": ["."], "state": "healthy", "trusted": false, "inFlight": 2,
          "rtt": { "p50": 0.8, "p90": 2.1, "p99": 14.5 },
          "counts": {
            "answered": 1043, "servFail": 2, "refused": 0, "useless": 0, "timedOut": 1, "overtaken": 0, "networkErrors": 0, "malformed": 0
          },
          "lastError": { "at": "2026-11-23T09:05:00+00:00", "text": "no reply within 2 s" }
        }
        """;

    private const string CacheExample = """
        {
          "answers": [{
            "name": "www.example.com.", "type": "A", "rule": ". to 192.0.2.53:53", "dnssecOk": false, "checkingDisabled": false,
            "rcode": "NOERROR", "stale": false, "secondsLeft": 211, "hits": 7, "size": 412,
            "records": [{ "name": "www.example.com.", "type": "A", "ttl": 211, "data": "192.0.2.80" }]
          }],
          "more": false,
          "totals": {
            "entries": 1, "bytes": 412, "limit": 67108864, "hits": 7, "misses": 1, "shared": 0, "staleServed": 0, "failuresServed": 0,
            "prefetches": 0, "evictions": 0
          }
        }
        """;

    private const string ConfigExample = """
        {
          "loadedAt": "2026-11-23T09:00:00+00:00",
          "files": ["/etc/kubedoh/appsettings.json"],
          "refused": {
            "at": "2026-11-23T09:05:00+00:00",
            "errors": ["Hosts:Ttl must be a whole number from 0 to 2147483647, not 'soon' (appsettings.json)"]
          },
          "values": [
            { "key": "Listen:Https", "value": "*:8443", "source": "command line", "live": false },
            { "key": "Listen:Lameduck", "value": "5s", "source": "appsettings.json", "live": true },
            { "key": "Store:Kind", "value": "sqlite", "source": "default", "live": false, "afterRestart": "memory" },
            { "key": "Management:Tokens", "value": "2 hidden", "source": "environment", "live": true }
          ]
        }
        """;

    private static readonly (string, string, string) NextPage = ("Link", "The next page (RFC 8288), where there is one.",
        "</api/v1/records?limit=1&cursor=A%206:%20secco.dns-playground.svc.cluster.local.>; rel=\"next\"");

    public static void Sources(OperationDraft draft) => draft
        .Describe("Every source in the order in which they are asked: whether it was read, from what, how much there is, what was left out "
            + "and what goes wrong.")
        .Protected()
        .Answers(200, "The sources.")
        .As(200, Json, draft.Schema<SourceList>(),
            ("sources", JsonNode.Parse($$"""{ "sources": [{{SourceExample}}, {{ClusterExample}}] }""")!))
        .Problems(ProblemTypes.BadParameter);

    public static void Records(OperationDraft draft) => draft
        .Describe("""
            What each source would answer: entries with their automatic PTR records, hosts files, services with their ports, endpoints and
            PTR records, pods where only live ones are answered, and zones of special use. In canonical order of names (RFC 4034 6.1). What
            is there while the pages are turned stands on exactly one of them. Filters add up; a page that they leave short may still have
            a next one.
            """.ReplaceLineEndings(" "))
        .Protected()
        .Query("source", OperationDraft.Text, "Only what this source answers.", "cluster")
        .Query("namespace", OperationDraft.Text,
            "Only what comes from objects of this namespace, and entries that it alone sees.", "dns-playground")
        .Query("name", OperationDraft.Text, "Only what is at this name.", "secco.dns-playground.svc.cluster.local")
        .Query("suffix", OperationDraft.Text, "Only what is at or below this name.", "svc.cluster.local")
        .Query("type", OperationDraft.Text, "Only RRsets of this type.", "A")
        .Query("q", OperationDraft.Text, "Only RRsets that have this text in their name or a record, whatever its case.", "secco")
        .Query("limit", OperationDraft.Number(1, ListRequest.MaxLimit, ListRequest.DefaultLimit), "The most RRsets of a page.")
        .Query("cursor", OperationDraft.Text, "Where the page before ended: its `next`.", "A 6: secco.dns-playground.svc.cluster.local.")
        .Answers(200, "The RRsets.", NextPage)
        .As(200, Json, draft.Schema<RecordList>(), ("page", JsonNode.Parse(
            $$"""{ "rrsets": [{{RecordExample}}], "next": "A 6: secco.dns-playground.svc.cluster.local." }""")!))
        .Problems(ProblemTypes.BadParameter);

    public static void Upstreams(OperationDraft draft) => draft
        .Describe("Every upstream of the forward rules: whether it is asked, how long it takes, what became of the questions to it.")
        .Protected()
        .Answers(200, "The upstreams.")
        .As(200, Json, draft.Schema<UpstreamList>(), ("upstreams", JsonNode.Parse($$"""{ "upstreams": [{{UpstreamExample}}] }""")!))
        .Problems(ProblemTypes.BadParameter);

    public static void Cache(OperationDraft draft) => draft
        .Describe("What upstreams answered and is kept, the oldest first, and the cache in numbers.")
        .Protected()
        .Query("name", OperationDraft.Text, "Only what is kept for this name.", "www.example.com")
        .Query("suffix", OperationDraft.Text, "Only what is kept for names at or below this one.", "example.com")
        .Query("limit", OperationDraft.Number(1, ListRequest.MaxLimit, ListRequest.DefaultLimit), "The most answers.")
        .Answers(200, "The answers.")
        .As(200, Json, draft.Schema<CacheList>(), ("cache", JsonNode.Parse(CacheExample)!))
        .Problems(ProblemTypes.BadParameter);

    public static void Config(OperationDraft draft) => draft
        .Describe("Every key with its value in force and where it comes from. A change of a file counts while the server runs where the "
            + "key is `live`, else after the next start; one that is wrong is refused whole. Of secrets only their number is told.")
        .Protected()
        .Answers(200, "The configuration.", ("Cache-Control", "Asked anew every time.", "no-store"))
        .As(200, Json, draft.Schema<ConfigDocument>(), ("config", JsonNode.Parse(ConfigExample)!))
        .Problems(ProblemTypes.BadParameter);

    public static void Flush(OperationDraft draft) => Forgetting(draft
        .Describe("Forgets everything that upstreams answered. An answer that is on its way is still given, and not kept."));

    public static void FlushName(OperationDraft draft) => Forgetting(Named(draft
        .Describe("Forgets what upstreams answered for one name. There need not be anything.")));

    public static void FlushType(OperationDraft draft) => Forgetting(Named(draft
            .Describe("Forgets what upstreams answered for one name and type; the type `ANY` stands for all. There need not be anything."))
        .Path("type", "A record type: a mnemonic, or TYPE and a number (RFC 3597 5).", "A"));

    private static OperationDraft Named(OperationDraft draft) => draft
        .Path("name", "A domain name, with or without its last dot; a slash in it as %2F.", "www.example.com")
        .Problems(ProblemTypes.BadName);

    private static void Forgetting(OperationDraft draft) => draft
        .Protected()
        .Answers(204, "It is forgotten.")
        .Problems(ProblemTypes.BadParameter, ProblemTypes.CrossSite);
}
