using System.Text.Json.Nodes;
using KubeDoH.Api.Doh;
using KubeDoH.Engine.Resolution;
using Microsoft.OpenApi;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>The operations that answer names.</summary>
internal static class DnsOperations
{
    private const string Json = "application/json";

    private const string Reply = """
        {
          "Status": 0, "TC": false, "RD": true, "RA": true, "AD": false, "CD": false,
          "Question": [{ "name": "secco.", "type": 1 }],
          "Answer": [
            { "name": "secco.", "type": 5, "TTL": 30, "data": "secco.dns-playground.svc.cluster.local." },
            { "name": "secco.dns-playground.svc.cluster.local.", "type": 1, "TTL": 30, "data": "10.101.195.184" }
          ],
          "Comment": "Response from cluster."
        }
        """;

    private const string Nothing = """
        {
          "Status": 3, "TC": false, "RD": true, "RA": true, "AD": false, "CD": false,
          "Question": [{ "name": "nowhere.svc.cluster.local.", "type": 1 }],
          "Authority": [{
            "name": "cluster.local.", "type": 6, "TTL": 30, "data": "ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 30"
          }],
          "Comment": "Response from cluster."
        }
        """;

    private static readonly (string, string, string) Freshness =
        ("Cache-Control", "`max-age` is what is left of the TTL (RFC 8484 5.1).", "max-age=30");
    private static readonly (string, string, string) Varies = ("Vary", "`Accept`, where it chose the media type.", "Accept");
    private static readonly (string, string, string) Allow = ("Allow", "The methods that are answered.", DohHandler.QueryMethods);

    public static void Query(OperationDraft draft) =>
        Either(draft, "Names are taken as they come, unless `ns=` or `search=` says from where they are seen.", fromPath: false);

    public static void QueryFromNamespace(OperationDraft draft) => Either(
        draft.Path("namespace", "A namespace of the cluster. It chooses the search domains and which entries are seen; it is no boundary.",
            "dns-playground"),
        "Seen from the namespace: its search domains complete short names, as they do for a pod.", fromPath: true);

    public static void QueryFromPod(OperationDraft draft) => Either(
        draft
            .Path("namespace", "The pod's namespace.", "dns-playground")
            .Path("pod", "A pod.", "zerocalcare-dns-mgmt-65fdcb74cf-hmxrr"),
        "Seen from the pod: its hosts file first, then what its dnsPolicy and dnsConfig make of search domains and servers.",
        fromPath: true);

    public static void Resolve(OperationDraft draft)
    {
        if (HttpMethods.IsOptions(draft.Method)) Options(draft);
        else View(Named(
            draft.Describe("A name in words, answered as JSON: `/dns-query` without its other face."), required: true), fromPath: false);
    }

    private static void Either(OperationDraft draft, string seen, bool fromPath)
    {
        if (HttpMethods.IsOptions(draft.Method)) Options(draft);
        else if (HttpMethods.IsPost(draft.Method))
            View(Post(draft.Describe($"Answers the DNS message in the body (RFC 8484). {seen}")), fromPath);
        else View(Get(draft.Describe(
            $"Answers the DNS message in `dns=` (RFC 8484), or the name in `name=` as JSON: one of the two is needed. {seen}")), fromPath);
    }

    private static OperationDraft Get(OperationDraft draft) => Named(
            draft.Query(
                "dns", OperationDraft.Text, "A DNS message in base64url (RFC 4648 5), padded or not.", "AAABAAABAAAAAAAABXNlY2NvAAABAAE"),
            required: false)
        .Problems(ProblemTypes.BadMessage);

    private static OperationDraft Post(OperationDraft draft) => Answered(draft
            .Body(DohReply.WireMediaType, OperationDraft.Octets,
                $"A DNS message of at most {DohRequest.MaxMessage} octets with one question."),
            Freshness)
        .Problems(ProblemTypes.NoQuestion, ProblemTypes.BadMessage)
        .Problems(ProblemTypes.DnsBody);

    private static void Options(OperationDraft draft) =>
        draft.Describe("Which methods the path answers. Others get 405 and the same header.")
        .TakesToken()
        .Problems(ProblemTypes.QueryAccess)
        .Answers(204, "The header says it.", Allow);

    /// <summary>What holds for every method that carries a question.</summary>
    private static OperationDraft View(OperationDraft draft, bool fromPath)
    {
        if (!fromPath)
        {
            draft
                .Query("ns", OperationDraft.Text, "The namespace that the name is seen from.", "dns-playground")
                .Query("pod", OperationDraft.Text, "The pod that the name is seen from, with its namespace before it.",
                    "dns-playground/zerocalcare-dns-mgmt-65fdcb74cf-hmxrr");
        }

        return draft
            .Query("search", OperationDraft.Text,
                "`0`: no search domains; `1`: those of the namespace or pod, as without it; else a comma list of them.", "0")
            .Query("ndots", OperationDraft.Number(0, ClientView.MaxNdots),
                "A name with fewer dots is looked for in the search domains first.", 5)
            .TakesToken()
            .Problems(ProblemTypes.QueryAccess)
            .Problems(ProblemTypes.Dns);
    }

    /// <summary>A question in the parameters of Google and Cloudflare.</summary>
    private static OperationDraft Named(OperationDraft draft, bool required) => Answered(draft
            .Query("name", OperationDraft.Text, "A domain name; its last dot says that it is complete.", "secco", required)
            .Query("type", OperationDraft.Text,
                "Record types: mnemonics, TYPE65 or numbers, one or a comma list of up to 16; A when left out.", "A,AAAA")
            .Query("cd", OperationDraft.Text, "`1`, `true` or nothing behind it: upstream servers need not check signatures (DNSSEC).", "0")
            .Query("do", OperationDraft.Text, "`1`, `true` or nothing behind it: signatures are wanted too.", "0")
            .Query("ct",
                new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Enum = [DohReply.WireMediaType, DohReply.DnsJsonMediaType, Json, "application/x-javascript"],
                },
                "The media type of the reply, whatever Accept says.", DohReply.DnsJsonMediaType)
            .Query("edns_client_subnet", OperationDraft.Text, "An address, or address/length; checked, and not sent on.", "192.0.2.0/24"),
            Freshness, Varies)
        .As(200, Json, draft.Schema<DnsJsonReply>(), ("found", JsonNode.Parse(Reply)!), ("nxdomain", JsonNode.Parse(Nothing)!))
        .As(200, DohReply.DnsJsonMediaType, draft.Schema<DnsJsonReply>(), ("found", JsonNode.Parse(Reply)!))
        .Problems(ProblemTypes.NoQuestion);

    private static OperationDraft Answered(OperationDraft draft, params (string, string, string)[] headers) => draft
        .Answers(200, "What the DNS says: records, or why there are none.", headers)
        .As(200, DohReply.WireMediaType, OperationDraft.Octets);
}
