namespace KubeDoH.Tests.Oracle;

/// <summary>
/// One record in presentation text. Names are lower case and end in a dot; SOA serial, SRV priority and weight are <c>*</c>.
/// </summary>
internal sealed record TextRecord(string Owner, long Ttl, string Type, string Data)
{
    /// <summary>The record as <c>answers.tsv</c> writes it: the numbers that a server is free to choose become <c>*</c>.</summary>
    public TextRecord Normal()
    {
        var fields = Data.Split(' ');
        if (Type == "SRV") (fields[0], fields[1], fields[3]) = ("*", "*", fields[3].ToLowerInvariant());
        if (Type == "SOA") fields[2] = "*";
        var data = string.Join(' ', fields);
        return new(Owner.ToLowerInvariant(), Ttl, Type, Type is "TXT" or "SRV" or "HINFO" or "HTTPS" ? data : data.ToLowerInvariant());
    }

    public override string ToString() => $"{Owner} {Ttl} {Type} {Data}";
}
