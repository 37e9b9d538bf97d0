namespace KubeDoH.Tests.Oracle;

/// <summary>What entries, hosts files and hostAliases say when a name has no record of the type, and the TTL they use.</summary>
internal static class LocalData
{
    /// <summary><c>Hosts:Ttl</c>, and the negative TTL of entries, hosts, hostAliases and special names.</summary>
    public const int Ttl = 30;

    public const string SoaData = "localhost. hostmaster.localhost. * 7200 1800 86400 30";

    public static TextRecord Soa(string owner) => new(owner, Ttl, "SOA", SoaData);

    /// <summary>The answer of a source that knows the name and has these records at it.</summary>
    public static OracleAnswer Answer(string name, string type, IEnumerable<TextRecord> own)
    {
        if (type == "ANY") return OracleAnswer.Any(name, Ttl);
        var found = own.Where(r => r.Type == type || r.Type == "CNAME").Distinct().ToList();
        return found.Count > 0 ? OracleAnswer.Local(found) : OracleAnswer.LocalNegative("NOERROR", Soa(name));
    }
}
