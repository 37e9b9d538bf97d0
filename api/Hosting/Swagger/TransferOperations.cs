using System.Text.Json.Nodes;
using KubeDoH.Api.Entries.Transfer;
using Microsoft.OpenApi;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>The operations on many entries at once.</summary>
internal static class TransferOperations
{
    private const string HostsFile = "192.0.2.10 build.corp.example build\n2001:db8::10 build.corp.example\n";

    private const string ZoneFile = "$ORIGIN corp.example.\n$TTL 300\nwww IN A 192.0.2.1\n    IN AAAA 2001:db8::1\nftp IN CNAME www\n";

    private const string Archive = """
        {
          "format": "kubedoh-entries-1", "revision": 7, "exportedAt": "2026-11-23T09:05:00+00:00",
          "entries": [{
            "name": "db.corp.example.", "type": "A", "ttl": 60, "records": ["10.0.0.5"], "enabled": true, "namespaces": [], "labels": {},
            "passThrough": false, "autoPtr": true, "source": "api", "revision": 7,
            "createdAt": "2026-11-23T09:00:00+00:00", "updatedAt": "2026-11-23T09:05:00+00:00"
          }]
        }
        """;

    private const string Report = """
        {
          "created": 1, "changed": 1, "deleted": 0, "unchanged": 40,
          "skipped": [{ "line": 7, "reason": "'192.0.2.300' is no IPv4 or IPv6 address" }], "skippedCount": 1,
          "changes": [
            { "change": "created", "name": "build.corp.example.", "type": "A" },
            { "change": "changed", "name": "db.corp.example.", "type": "A", "takenFrom": "api" }
          ],
          "revision": 8
        }
        """;

    public static void Import(OperationDraft draft) => draft
        .Describe("Brings in many entries as a whole: all that the text says, or with a problem nothing. Lines that cannot be used are "
            + "left out and named. "
            + $"At most {ImportBody.MaxBody / (1024 * 1024)} MiB and {Engine.Entries.EntryImport.MaxRecords} records. "
            + "Of a zone file, SOA and NS records are left out, $INCLUDE is refused, and $GENERATE is as BIND 9 has it.")
        .Protected()
        .Query("mode", OperationDraft.Text,
            "`merge`: creates and replaces, whoever wrote what is there. `replace`: the entries of the source are those of the text; "
            + "the source's others are deleted, other sources' are left alone. `restore`: brings a JSON export back with its revisions "
            + "and moments, whole or not at all; refused where a revision would come back.",
            "merge")
        .Query("source", OperationDraft.Text,
            "What the entries are marked with, `import` when left out; of JSON, what each entry says. `replace` needs it.", "hosts-office")
        .Query(
            "origin", OperationDraft.Text, "What names without a last dot lie below, until the zone file has an $ORIGIN.", "corp.example")
        .Query("strict", OperationDraft.Flag, "Nothing is imported when a line has to be left out that somebody has to mend.", false)
        .Query("dryRun", OperationDraft.Flag, "Checks everything and answers as if, but stores nothing.", false)
        .Query("override", OperationDraft.Flag, "Names in the cluster's own zone are meant.", false)
        .Body("text/plain", OperationDraft.Text,
            "A hosts file, a zone file (RFC 1035 5, RFC 4027), or JSON: an export, a list, or an array of entries; in UTF-8.",
            ("hosts", HostsFile))
        .Body("text/dns", OperationDraft.Text, null, ("zone", ZoneFile))
        .Body("application/json", new OpenApiSchema { OneOf = [draft.Schema<EntryArchive>(), ItemsOf(draft)] }, null,
            ("export", JsonNode.Parse(Archive)!),
            ("array", JsonNode.Parse("""[{ "name": "db.corp.example", "type": "A", "records": ["10.0.0.5"] }]""")!))
        .Answers(200, "What was done.", ("X-Dry-Run", "`true`: nothing was stored.", "true"))
        .As(200, "application/json", draft.Schema<ImportReport>(), ("report", JsonNode.Parse(Report)!))
        .Problems(ProblemTypes.Import);

    public static void Export(OperationDraft draft) => draft
        .Describe("The entries as they stand at one moment, without those that have expired. JSON holds all that an entry is, and can be "
            + "restored; a zone file and a hosts file hold what they can, and name what they leave out in comments. A zone file of a "
            + "suffix can be loaded: it has an SOA and an NS.")
        .Protected()
        .Query("format", OperationDraft.Text, "`json`, `zone` or `hosts`; `json` when left out.", "zone")
        .Query("suffix", OperationDraft.Text, "Only entries at or below this name.", "corp.example")
        .Query("source", OperationDraft.Text, "Only entries of this source.", "hosts-office")
        .Answers(200, "The entries.", ("Content-Disposition", "A name for the file.", "attachment; filename=\"entries.zone\""))
        .As(200, "application/json", draft.Schema<EntryArchive>(), ("export", JsonNode.Parse(Archive)!))
        .As(200, "text/dns", OperationDraft.Text, ("zone", "www.corp.example. 300 IN A 192.0.2.1\n"))
        .As(200, "text/plain", OperationDraft.Text, ("hosts", HostsFile))
        .Problems(ProblemTypes.BadParameter);

    private static OpenApiSchema ItemsOf(OperationDraft draft) => new() { Type = JsonSchemaType.Array, Items = draft.Schema<EntryItem>() };
}
