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
        "/name", "kubernetes.default.svc.cluster.local. would hide names of the cluster zone cluster.local.; override=true says that this is meant");

    private static readonly ApiProblemError Question = new(
        "/type", "OPT is a question or belongs to a transport or a signer: it cannot be stored");

    /// <summary>What is wrong with the target or the view, whatever carries the question.</summary>
    public static readonly ProblemType[] Dns =
    [
        new(400, "bad-parameter", "A parameter is not valid", "type: 'ADDRESS' is no record type: a mnemonic such as AAAA, TYPE65, or a number from 1 to 65535"),
        new(404, "unknown-namespace", "There is no such namespace", "The cluster has no namespace 'nowhere'."),
        new(404, "unknown-pod", "There is no such pod", "The namespace 'dns-playground' has no pod 'nobody'."),
        new(414, "target-too-long", "The request target is too long", "At most 16384 octets; a longer question fits a POST."),
        new(500, "internal-error", "The request could not be read", "An internal error; the log has it under this instance."),
        new(503, "not-synced", "The cluster is not known yet", "The first sync has not finished: whether the namespace exists cannot be told."),
        new(503, "pods-unread", "Pods are not known",
            "Pods are not read here: Kubernetes:PodViews is off, or the permission to list and watch pods is missing."),
    ];

    public static readonly ProblemType NoQuestion = new(400, "no-question", "The request holds no question", "One of the parameters dns= and name= is needed.");

    public static readonly ProblemType BadMessage = new(400, "bad-message", "The DNS message is malformed", "the message is shorter than the 12 octets of a DNS header");

    /// <summary>Of every DNS path, for a method that it does not answer.</summary>
    public static readonly ProblemType Method = new(405, "method-not-allowed", "The method is not allowed here", "Allowed: GET, HEAD, POST, OPTIONS.");

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
        new(415, "unsupported-media-type", "The body is of another media type", "A POST carries a DNS message as application/dns-message (RFC 8484 4.1)."),
    ];

    /// <summary>Of every path under <c>/api</c>.</summary>
    public static readonly ProblemType[] Access =
    [
        new(401, "unauthorized", "Unauthorized", "A bearer token of Management:Tokens is needed."),
        new(403, "loopback-only", "Forbidden", "Without Management:Tokens only direct callers of this machine, by a loopback name, are let in."),
        new(500, "internal-error", "Internal error", "The log has it under this instance."),
    ];

    public static readonly ProblemType BadParameter = new(400, "bad-parameter", "Bad request", "limit must lie between 1 and 1000.");

    public static readonly ProblemType BadName = new(400, "bad-name", "Bad request", "The name 'a..b' is not a domain name: the name has an empty label.");

    public static readonly ProblemType NoSuchEntry = new(404, "no-such-entry", "No such entry", "There is no entry of this name and type.");

    /// <summary>Of whatever changes something.</summary>
    public static readonly ProblemType CrossSite = new(403, "cross-site", "Forbidden", "A page of another site may not write here.");

    /// <summary>Of every write, beside <see cref="BadName"/>.</summary>
    public static readonly ProblemType[] Write =
    [
        new(400, "bad-parameter", "Bad request", "dryRun must be true or false."),
        new(400, "bad-precondition", "Bad request", "If-Match must be * or entity tags in double quotes, as ETag has them."),
        CrossSite,
        new(412, "precondition-failed", "Precondition failed", "The entry that is there has the tag \"7\"."),
        new(503, "store-unavailable", "Store unavailable", "The store cannot be written now; nothing was changed."),
        new(507, "store-full", "Disk full", "The disk of the store is full; nothing was changed."),
    ];

    /// <summary>What is wrong with an entry that a body holds.</summary>
    public static readonly ProblemType[] Body =
    [
        new(400, "bad-body", "Bad body", "The body has members that do not belong there.", new ApiProblemError("/tll", "an entry has no member 'tll'")),
        new(409, "cname-exclusive", "Conflict", $"{Alias.Pointer}: {Alias.Detail}.", Alias),
        new(409, "shadows-cluster-zone", "Conflict", $"{Shadow.Pointer}: {Shadow.Detail}.", Shadow),
        new(409, "type-not-allowed", "Conflict", $"{Question.Pointer}: {Question.Detail}.", Question),
        new(409, "wildcard-position", "Conflict", $"{Asterisk.Pointer}: {Asterisk.Detail}.", Asterisk),
        new(413, "too-large", "Too large", "A body has at most 1048576 octets."),
        new(415, "media-type", "Not JSON", "The body of a write must have the content type application/json."),
        new(422, "invalid-entry", "Invalid entry", "/ttl: the TTL must lie between 0 and 2147483647 seconds.",
            new ApiProblemError("/ttl", "the TTL must lie between 0 and 2147483647 seconds"),
            new ApiProblemError("/records/0", "the address must be an IPv4 address")),
    ];

    public static IEnumerable<ProblemType> All =>
        [.. Dns, NoQuestion, BadMessage, Method, .. Elsewhere, .. DnsBody, .. Access, BadParameter, BadName, NoSuchEntry, .. Write, .. Body];
}
