namespace KubeDoH.Tests.Oracle;

/// <summary>A reply in text: what both sides of the comparison give.</summary>
internal sealed record OracleAnswer(
    string Rcode,
    bool Authoritative,
    IReadOnlyList<TextRecord> Answer,
    IReadOnlyList<TextRecord> Authority,
    IReadOnlyList<TextRecord> Additional)
{
    /// <summary>Another source than the one that answered has names below: the name exists, whoever says that it does not.</summary>
    public bool KnownLocally { get; init; }

    public static OracleAnswer Local(IEnumerable<TextRecord> answer, IEnumerable<TextRecord>? additional = null) =>
        new("NOERROR", true, [.. answer], [], [.. additional ?? []]);

    public static OracleAnswer LocalNegative(string rcode, TextRecord soa) => new(rcode, true, [], [soa], []);

    /// <summary>SERVFAIL or REFUSED: no data, so nothing to be an authority for.</summary>
    public static OracleAnswer Failure(string rcode) => new(rcode, false, [], [], []);

    /// <summary>What an ANY question gets for a name that exists in local data (RFC 8482 section 4.2).</summary>
    public static OracleAnswer Any(string owner, long ttl) => Local([new(owner, ttl, "HINFO", "\"RFC8482\" \"\"")]);

    /// <summary>The normal form of <c>answers.tsv</c>, one section a column, then the alias links in the order they came.</summary>
    public string Normal() =>
        string.Join('\t', Rcode, Authoritative ? "aa" : "-", Section(Answer), Section(Authority), Section(Additional));

    /// <summary>The aliases in their order, and whether all of them precede the other records (a stub resolver reads in order).</summary>
    public string Links()
    {
        var leading = Answer.TakeWhile(r => r.Type == "CNAME").Select(r => r.Owner.ToLowerInvariant()).ToList();
        return string.Join(" > ", leading)
            + (Answer.Skip(leading.Count).Any(r => r.Type == "CNAME") ? " (an alias after other records)" : "");
    }

    private static string Section(IReadOnlyList<TextRecord> records) => records.Count == 0
        ? "-"
        : string.Join(" | ", records.Select(r => r.Normal().ToString()).Order(StringComparer.Ordinal));
}
