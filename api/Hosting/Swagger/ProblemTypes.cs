namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>A problem as it is shown in the document.</summary>
internal sealed record ProblemType(int Status, string Name, string Title, string Detail, params ApiProblemError[] Errors)
{
    /// <summary>As the body has it.</summary>
    public string Type => $"/problems/{Name}";
}

/// <summary>Every problem that the API answers with, each by an example.</summary>
internal static class ProblemTypes
{
    private static readonly ApiProblemError Alias = new(
        "/type", "db.corp.example. has A records already, and a CNAME stands alone at its name (RFC 1034 3.6.2)");

    private static readonly ApiProblemError Asterisk = new(
        "/name", "an asterisk may only be the whole first label, as in *.example (RFC 4592 2.1.1)");

    private static readonly ApiProblemError Shadow = new(
        "/name",
        "kubernetes.default.svc.cluster.local. would hide names of the cluster zone cluster.local.; override=true says that this is meant");

    private static readonly ApiProblemError Pointer = new(
        "/autoPtr", "5.0.0.10.in-addr.arpa. has a PTR entry, which answers before automatic ones; leave autoPtr out, or change that entry");

    private static readonly ApiProblemError Question = new(
        "/type", "OPT is a question or belongs to a transport or a signer: it cannot be stored");

    /// <summary>Why nothing can be seen from a namespace.</summary>
    public static readonly ProblemType[] Namespace =
    [
        new(404, "unknown-namespace", "There is no such namespace", "The cluster has no namespace 'nowhere'."),
        new(503, "not-synced", "The cluster is not known yet",
            "The first sync has not finished: whether the namespace exists cannot be told."),
    ];

    /// <summary>Why nothing can be seen from a pod, beside <see cref="Namespace"/>.</summary>
    public static readonly ProblemType[] Pod =
    [
        new(404, "unknown-pod", "There is no such pod", "The namespace 'dns-playground' has no pod 'nobody'."),
        new(404, "pods-off", "Nothing is seen as a pod sees it here", "Kubernetes:PodViews is off."),
        new(503, "pods-unread", "The pods cannot be read", "The permission to list and watch pods is missing."),
    ];

    /// <summary>Of the files of a pod.</summary>
    public static readonly ProblemType NoSuchFile = new(
        404, "no-such-file", "There is no such file",
        "The pod is in its node's network and has its hosts file, and none is configured: Kubernetes:NodeHosts.");

    /// <summary>What is wrong with the target or the view, whatever carries the question.</summary>
    public static readonly ProblemType[] Dns =
    [
        new(400, "bad-parameter", "A parameter is not valid",
            "type: 'ADDRESS' is no record type: a mnemonic such as AAAA, TYPE65, or a number from 1 to 65535"),
        .. Namespace,
        .. Pod,
        new(414, "target-too-long", "The request target is too long", "At most 16384 octets; a longer question fits a POST."),
        new(500, "internal-error", "The request could not be read", "An internal error; the log has it under this instance."),
    ];

    public static readonly ProblemType NoQuestion = new(
        400, "no-question", "The request holds no question", "One of the parameters dns= and name= is needed.");

    /// <summary>Where no server is configured that answers could be compared with.</summary>
    public static readonly ProblemType CompareOff = new(
        404, "compare-off", "There is no server to compare with", "Compare:Servers names none.");

    public static readonly ProblemType BadMessage = new(
        400, "bad-message", "The DNS message is malformed", "the message is shorter than the 12 octets of a DNS header");

    /// <summary>Of every DNS path, for a method that it does not answer.</summary>
    public static readonly ProblemType Method = new(
        405, "method-not-allowed", "The method is not allowed here", "Allowed: GET, HEAD, POST, OPTIONS.");

    /// <summary>Of what never comes to an operation: a path that is not there, a request that breaks off or is not HTTP's.</summary>
    public static readonly ProblemType[] Elsewhere =
    [
        new(400, "bad-request", "Bad request", "The request is too slow, too large or cut off."),
        new(404, "not-found", "Not found", "There is nothing at this path."),
    ];

    /// <summary>What is wrong with a message in a body.</summary>
    public static readonly ProblemType[] DnsBody =
    [
        new(400, "bad-body", "The body could not be read", "The body is too slow, too large or cut off."),
        new(408, "bad-body", "The body could not be read", "The body is too slow, too large or cut off."),
        new(413, "message-too-large", "The DNS message is too large", "A DNS message has at most 65535 octets (RFC 8484 6)."),
        new(415, "unsupported-media-type", "The body is of another media type",
            "A POST carries a DNS message as application/dns-message (RFC 8484 4.1)."),
    ];

    /// <summary>Of every path under <c>/api</c>.</summary>
    public static readonly ProblemType[] Access =
    [
        new(401, "unauthorized", "Unauthorized", "A bearer token is needed."),
        new(403, "loopback-only", "Forbidden",
            "No credential is configured: only direct callers of this machine, by a loopback name, are let in."),
        new(403, "missing-scope", "Forbidden", "The credential does not allow this: it lacks entries:write."),
        new(429, "too-many-requests", "Too many requests", "The caller asks faster than it may."),
        new(500, "internal-error", "Internal error", "The log has it under this instance."),
        new(503, "review-unavailable", "The cluster cannot be asked",
            "Whether the caller may do this is the cluster's to say, and it does not answer now."),
    ];

    /// <summary>Of every path that answers names, where the section <c>Query</c> says who may ask.</summary>
    public static readonly ProblemType[] QueryAccess =
    [
        new(403, "address-not-allowed", "Forbidden", "Callers at this address may not ask here."),
        .. Access.Where(problem => problem.Name is "unauthorized" or "too-many-requests" or "review-unavailable"),
        new(403, "missing-scope", "Forbidden", "The credential does not allow this: it lacks query."),
    ];

    /// <summary>Of a write by a credential that is for some entries only.</summary>
    public static readonly ProblemType OutOfBounds =
        new(403, "out-of-bounds", "Forbidden", "The credential is for entries of other names or namespaces; nothing was changed.");

    public static readonly ProblemType BadParameter = new(400, "bad-parameter", "Bad request", "limit must lie between 1 and 1000.");

    public static readonly ProblemType BadName = new(
        400, "bad-name", "Bad request", "The name 'a..b' is not a domain name: the name has an empty label.");

    public static readonly ProblemType NoSuchEntry = new(404, "no-such-entry", "No such entry", "There is no entry of this name and type.");

    /// <summary>Of whatever changes something.</summary>
    public static readonly ProblemType CrossSite = new(403, "cross-site", "Forbidden", "A page of another site may not write here.");

    /// <summary>Of every write, beside <see cref="BadName"/>.</summary>
    public static readonly ProblemType[] Write =
    [
        new(400, "bad-parameter", "Bad request", "dryRun must be true or false."),
        new(400, "bad-precondition", "Bad request", "If-Match must be * or entity tags in double quotes, as ETag has them."),
        CrossSite,
        OutOfBounds,
        new(503, "store-unavailable", "Store unavailable", "The store cannot be written now; nothing was changed."),
        new(507, "store-full", "Disk full", "The disk of the store is full; nothing was changed."),
        new(507, "too-many-entries", "Too many entries",
            "The store holds as many entries as Store:MaxEntries allows; nothing was changed."),
    ];

    /// <summary>Of a read that needs the disk.</summary>
    public static readonly ProblemType Unreadable = new(503, "store-unavailable", "Store unavailable", "The store cannot be read now.");

    public static readonly ProblemType PreconditionFailed = new(
        412, "precondition-failed", "Precondition failed", "The entry that is there has the tag \"7\".");

    /// <summary>Of a write of one entry, where Management:RequirePreconditions is on.</summary>
    public static readonly ProblemType NoCondition = new(428, "precondition-required", "Precondition required",
        "A write says by If-Match what it replaces, or by If-None-Match: * that it creates; a name is deleted type by type.");

    public static readonly ProblemType EntryExists = new(
        409, "entry-exists", "Conflict", "There is an entry of this name and type already; it has the tag \"7\".");

    public static readonly ProblemType NoPatch = new(
        415, "media-type", "Another media type", "The body must have the content type application/merge-patch+json.");

    /// <summary>Of a batch, beside what is wrong with the entries in it.</summary>
    public static readonly ProblemType[] Batch =
    [
        EntryExists,
        new(409, "no-such-entry", "No such entry", "Nothing was changed: 1 of 2 operations cannot be carried out.",
            new ApiProblemError("/operations/1", "There is no entry of this name and type.")),
        new(412, "precondition-failed", "Precondition failed", "Nothing was changed: 1 of 2 operations cannot be carried out.",
            new ApiProblemError("/operations/0", "The entry that is there has the tag \"7\".")),
        new(422, "batch-not-atomic", "Not in one step", "Nothing was changed: 2 of 2 operations cannot be carried out.",
            new ApiProblemError("/operations/0", "The store cannot make several changes in one step: send them one by one."),
            new ApiProblemError("/operations/1", "The store cannot make several changes in one step: send them one by one.")),
    ];

    /// <summary>Of those who follow the events.</summary>
    public static readonly ProblemType[] Events =
    [
        new(400, "bad-parameter", "Bad request", "Last-Event-ID and after are a revision, as an event or a list has it."),
        new(410, "events-gone", "Events gone",
            "Not every change since then is known any more: list the entries again, and go on from the revision of the list."),
        new(503, "too-many-streams", "Too many streams", "256 callers follow the events already."),
        Unreadable,
    ];

    /// <summary>Of what is asked, where that is not shown.</summary>
    public static readonly ProblemType QueriesOff =
        new(404, "queries-off", "What is asked is not shown here", "Queries:Enabled is false: names are private here.");

    /// <summary>Of those who follow the questions.</summary>
    public static readonly ProblemType[] QueryEvents =
    [
        new(400, "bad-parameter", "Bad request", "slower must be a duration from 1ms to 60s, such as 500ms, 2s, 5m, 1h or 00:00:02."),
        QueriesOff,
        new(503, "too-many-streams", "Too many streams", "16 callers follow the questions already."),
    ];

    /// <summary>What is wrong with an entry that a body holds.</summary>
    public static readonly ProblemType[] Body =
    [
        new(400, "bad-body", "Bad body", "The body has members that do not belong there.",
            new ApiProblemError("/tll", "an entry has no member 'tll'")),
        new(409, "cname-exclusive", "Conflict", $"{Alias.Pointer}: {Alias.Detail}.", Alias),
        new(409, "ptr-conflict", "Conflict", $"{Pointer.Pointer}: {Pointer.Detail}.", Pointer),
        new(409, "shadows-cluster-zone", "Conflict", $"{Shadow.Pointer}: {Shadow.Detail}.", Shadow),
        new(409, "type-not-allowed", "Conflict", $"{Question.Pointer}: {Question.Detail}.", Question),
        new(409, "wildcard-position", "Conflict", $"{Asterisk.Pointer}: {Asterisk.Detail}.", Asterisk),
        new(413, "too-large", "Too large", "A body has at most 1048576 octets here."),
        new(415, "media-type", "Another media type", "The body must have the content type application/json."),
        new(422, "invalid-entry", "Invalid entry", "/ttl: the TTL must lie between 0 and 2147483647 seconds.",
            new ApiProblemError("/ttl", "the TTL must lie between 0 and 2147483647 seconds"),
            new ApiProblemError("/records/0", "the address must be an IPv4 address")),
    ];

    /// <summary>What keeps a whole import out.</summary>
    public static readonly ProblemType[] Import =
    [
        new(400, "bad-parameter", "Bad request", "mode must be merge, replace or restore."),
        new(400, "bad-precondition", "Bad request", "If-Match and If-None-Match are about one entry at its own path."),
        new(400, "bad-body", "Bad body", "The JSON is malformed at line 3, byte 17; nothing was changed."),
        CrossSite,
        OutOfBounds,
        new(409, "revision-taken",
            "Conflict", "/revision: db.corp.example. A has the revision 7, and the store is at 12 already: revisions never come back.",
            new ApiProblemError(
                "/revision", "db.corp.example. A has the revision 7, and the store is at 12 already: revisions never come back")),
        new(413, "too-large", "Too large", "An import has at most 67108864 octets."),
        new(415, "media-type", "Unknown media type",
            "An import is text/plain (a hosts file), text/dns (a zone file, RFC 4027) or application/json, in UTF-8 and not compressed."),
        new(422, "import-refused", "Import refused", "One line cannot be imported; nothing was changed.",
            new ApiProblemError("", "line 7: '192.0.2.300' is no IPv4 or IPv6 address")),
        new(503, "import-busy", "Busy", "4 imports are on their way; nothing was changed."),
        new(503, "store-unavailable", "Store unavailable", "The store cannot be written now; nothing was changed."),
        new(507, "store-full", "Disk full", "The disk of the store is full; nothing was changed."),
        new(507, "too-many-entries", "Too many entries",
            "The store holds as many entries as Store:MaxEntries allows; nothing was changed."),
    ];

    public static IEnumerable<ProblemType> All =>
    [
        .. Dns, NoSuchFile, NoQuestion, CompareOff, BadMessage, Method, .. Elsewhere, .. DnsBody, .. Access, .. QueryAccess, BadParameter,
        BadName, NoSuchEntry, .. Write, PreconditionFailed, NoCondition, EntryExists, NoPatch, .. Batch, .. Events, .. QueryEvents, .. Body,
        .. Import,
    ];
}
