using System.Text.Json.Nodes;
using KubeDoH.Api.Entries;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>The operations on entries.</summary>
internal static class EntryOperations
{
    private const string Json = "application/json";

    /// <summary>An entry with every member, as a GET shows it.</summary>
    internal const string Entry = """
        {
          "name": "db.corp.example.", "type": "A", "ttl": 60, "records": ["10.0.0.5", "10.0.0.6"], "enabled": true,
          "namespaces": ["shop"], "comment": "failover pair", "labels": { "team": "data" }, "expiresAt": "2027-01-01T00:00:00+00:00",
          "passThrough": false, "autoPtr": true, "source": "api", "revision": 7,
          "createdAt": "2026-11-23T09:00:00+00:00", "updatedAt": "2026-11-23T09:05:00+00:00"
        }
        """;

    private static readonly (string, string, string) EntryTag = ("ETag", "The entry's revision.", "\"7\"");
    private static readonly (string, string, string) ListTag = ("ETag", "Changes with every write, and when an entry expires.", "\"7-1\"");
    private static readonly (string, string, string) NextPage = ("Link", "The next page (RFC 8288), where there is one.",
        "</api/v1/entries?limit=1&cursor=A%20db.corp.example.>; rel=\"next\"");

    internal static readonly (string, string, string) DryRun = ("X-Dry-Run", "`true`: nothing was stored.", "true");

    public static void List(OperationDraft draft) => Page(draft
            .Describe(
                "A page of the entries, in canonical order of their names (RFC 4034 6.1). Filters add up; expired entries are left out.")
            .Protected()
            .Query("name", OperationDraft.Text, "Only entries at this name.", "db.corp.example")
            .Query("suffix", OperationDraft.Text, "Only entries at or below this name.", "corp.example")
            .Query("type", OperationDraft.Text, "Only entries of this type.", "A")
            .Query("label", OperationDraft.Text,
                "Only entries with this label: `team=data`, or `team` for any value. It may be given several times.", "team=data")
            .Query("source", OperationDraft.Text, "Only entries that this has written: `api`, or an import.", "api")
            .Query("namespace", OperationDraft.Text, "Only entries that are scoped to this namespace.", "shop")
            .Query("enabled", OperationDraft.Flag, "Only entries that answer, or only those that do not.", true)
            .Query("q", OperationDraft.Text, "Only entries that have this text in them, whatever its case.", "failover")
            .Query("limit", OperationDraft.Number(1, ListRequest.MaxLimit, ListRequest.DefaultLimit), "The most entries of a page.")
            .Query("cursor", OperationDraft.Text, "Where the page before ended: its `next`.", "A db.corp.example."))
        .Problems(ProblemTypes.BadParameter);

    public static void ListAtName(OperationDraft draft) => Page(
        Named(draft.Describe("Every entry at one name, of whatever type.").Protected())).Problems(ProblemTypes.NoSuchEntry);

    public static void Get(OperationDraft draft) => Cached(Keyed(draft.Describe("The entry of one name and type.").Protected()))
        .Answers(200, "The entry.", EntryTag)
        .As(200, Json, draft.Schema<EntryDocument>(), ("entry", JsonNode.Parse(Entry)!))
        .Problems(ProblemTypes.NoSuchEntry);

    public static void Put(OperationDraft draft) => Conditional(Writing(Keyed(draft
            .Describe("""
                Creates the entry, or replaces all of it: what the body leaves out gets its default. It is on disk, and answers questions,
                before the reply is sent. An entry makes no zone, not even one of type SOA: names below it that have no entry go on to the
                next source.
                """.ReplaceLineEndings(" ").Trim())
            .Protected())), "Replaces")
        .Header("If-None-Match", "`*`: creates only.", "*")
        .Body(Json, draft.Schema<EntryBody>(),
            "The entry. What a GET shows may be sent back as it is; members that an entry does not have are refused.",
            ("address", JsonNode.Parse("""{ "ttl": 60, "records": ["10.0.0.5"] }""")!),
            ("text", JsonNode.Parse("""{ "records": ["\"v=spf1 -all\""], "namespaces": ["shop"], "comment": "no mail from here" }""")!))
        .Answers(200, "The entry was replaced, or was as the body has it already.", EntryTag, DryRun)
        .As(200, Json, draft.Schema<EntryDocument>(), ("entry", JsonNode.Parse(Entry)!))
        .Answers(201, "The entry was created.", EntryTag, ("Location", "The entry.", "/api/v1/entries/db.corp.example./A"), DryRun)
        .As(201, Json, draft.Schema<EntryDocument>(), ("entry", JsonNode.Parse(Entry)!))
        .Problems(ProblemTypes.Body);

    public static void Create(OperationDraft draft) => Writing(draft
            .Describe("Creates the entry that the body names; where there is one already, nothing changes. It is on disk, and answers "
                + "questions, before the reply is sent.")
            .Protected())
        .Body(Json, draft.Schema<EntryBody>(), "The entry with its name and type.",
            ("address", JsonNode.Parse("""{ "name": "db.corp.example", "type": "A", "ttl": 60, "records": ["10.0.0.5"] }""")!))
        .Answers(201, "The entry was created.", EntryTag, ("Location", "The entry.", "/api/v1/entries/db.corp.example./A"), DryRun)
        .As(201, Json, draft.Schema<EntryDocument>(), ("entry", JsonNode.Parse(Entry)!))
        .Answers(
            409, "Conflict",
            ("Location", "The entry that is there, where that is what stands in the way.", "/api/v1/entries/db.corp.example./A"))
        .Problems(ProblemTypes.EntryExists)
        .Problems(ProblemTypes.Body);

    public static void Patch(OperationDraft draft) => Conditional(Writing(Keyed(draft
            .Describe("""
                Changes the members that the body has (RFC 7396) and leaves the others: `null` gives a member its default back, a label in
                `labels` is changed by itself, `records` as a whole. When somebody else writes at the same time, neither change is lost.
                """.ReplaceLineEndings(" ").Trim())
            .Protected())), "Changes")
        .Header("If-None-Match", "Changes only an entry that does not have this tag.", "\"6\"")
        .Body(EntryBodyReader.PatchMediaType, draft.Schema<EntryBody>(), "What to change.",
            ("address", JsonNode.Parse("""{ "records": ["10.0.0.7"] }""")!),
            ("labels", JsonNode.Parse("""{ "comment": null, "labels": { "team": "data", "old": null } }""")!))
        .Answers(200, "The entry as it now is.", EntryTag, DryRun)
        .As(200, Json, draft.Schema<EntryDocument>(), ("entry", JsonNode.Parse(Entry)!))
        .Answers(
            415, "Unsupported Media Type", ("Accept-Patch", "What a patch is written in (RFC 5789 3.1).", EntryBodyReader.PatchMediaType))
        .Problems(ProblemTypes.NoSuchEntry)
        .Problems(ProblemTypes.Body.Where(problem => problem.Status != 415))
        .Problems(ProblemTypes.NoPatch);

    public static void Delete(OperationDraft draft) => Conditional(Writing(Keyed(draft
            .Describe("Deletes the entry of one name and type; the type `ANY` stands for all (RFC 2136 2.5.3).")
            .Protected())), "Deletes")
        .Header("If-None-Match", "Deletes only an entry that does not have this tag.", "\"6\"")
        .Answers(204, "The entry is gone.", DryRun)
        .Problems(ProblemTypes.NoSuchEntry);

    public static void DeleteAtName(OperationDraft draft) => Writing(Named(draft
            .Describe(
                "Deletes every entry at one name. A condition is about one entry: with If-Match or If-None-Match the request is refused.")
            .Protected()))
        .Answers(204, "The entries are gone.", DryRun)
        .Problems(ProblemTypes.NoSuchEntry, ProblemTypes.NoCondition);

    private static OperationDraft Named(OperationDraft draft) => draft
        .Path("name", "A domain name, with or without its last dot; a slash in it as %2F.", "db.corp.example")
        .Problems(ProblemTypes.BadName);

    private static OperationDraft Keyed(OperationDraft draft) => Named(draft)
        .Path("type", "A record type: a mnemonic, or TYPE and a number (RFC 3597 5).", "A");

    private static OperationDraft Cached(OperationDraft draft) => draft
        .Header("If-None-Match", "The tag of what the client has.", "\"7\"")
        .Answers(304, "The client has it.", ("ETag", "The tag that was named.", "\"7\""));

    private static OperationDraft Page(OperationDraft draft) => Cached(draft)
        .Answers(200, "The entries.", ListTag, NextPage)
        .As(200, Json, draft.Schema<EntryList>(),
            ("page", JsonNode.Parse($$"""{ "entries": [{{Entry}}], "revision": 7, "next": "A db.corp.example." }""")!));

    private static OperationDraft Conditional(OperationDraft draft, string does) => draft
        .Header("If-Match", $"{does} only an entry that has this tag; `*`: any that is there.", "\"7\"")
        .Problems(ProblemTypes.PreconditionFailed, ProblemTypes.NoCondition);

    internal static OperationDraft Writing(OperationDraft draft) => draft
        .Query("dryRun", OperationDraft.Flag, "Checks everything and answers as if, but stores nothing.", false)
        .Query("override", OperationDraft.Flag, "A name in the cluster's own zone is meant.", false)
        .Problems(ProblemTypes.Write);
}
