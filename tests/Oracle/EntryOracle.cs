using System.Net;

namespace KubeDoH.Tests.Oracle;

/// <summary>Custom entries: scoped exact, scoped wildcard, global exact, global wildcard (RFC 4592 inside each scope).</summary>
internal sealed class EntryOracle(World world) : ISourceOracle
{
    public OracleAnswer? Find(string name, string type, OracleView? view) =>
        Scopes(view).Select(scope => Find(scope, name, type)).FirstOrDefault(a => a is not null);

    public bool HasNameBelow(string name, OracleView? view) =>
        Scopes(view).Any(s => s.Any(e => Names.Below(Names.Dot(e.Name), name)) || At(s, name).Count > 0 || Wildcard(s, name).Count > 0);

    public IEnumerable<List<CustomEntry>> Scopes(OracleView? view)
    {
        if (view is not null) yield return [.. world.Entries.Where(e => e.Namespaces.Contains(view.Namespace))];
        yield return [.. world.Entries.Where(e => e.Namespaces.Count == 0)];
    }

    private static OracleAnswer? Find(List<CustomEntry> scope, string name, string type)
    {
        var own = At(scope, name);
        if (own.Count == 0) own = Wildcard(scope, name);
        if (own.Count == 0) return null;
        var records = own.SelectMany(e => e.Records.Select(r => new TextRecord(name, e.Ttl, e.Type, r))).ToList();
        var answer = LocalData.Answer(name, type, records);
        return answer.Answer.Count == 0 && own.Any(e => e.PassThrough) ? null : answer;
    }

    private static List<CustomEntry> At(List<CustomEntry> scope, string name) => [.. scope.Where(e => Names.Dot(e.Name) == name)];

    /// <summary>
    /// The source of synthesis stands directly under the closest encloser, and an existing name is never synthesised (RFC 4592 3.3.1).
    /// </summary>
    private static List<CustomEntry> Wildcard(List<CustomEntry> scope, string name)
    {
        if (scope.Any(e => Names.AtOrBelow(Names.Dot(e.Name), name))) return [];
        var encloser = Names.Ancestors(name)
            .First(a => a == "." || scope.Any(e => Names.AtOrBelow(Names.Dot(e.Name), a)));
        return encloser == "." ? [] : At(scope, "*." + encloser);
    }
}

/// <summary>The pointers that address entries ask for; they stand behind the cluster's own.</summary>
internal sealed class EntryPointerOracle(EntryOracle entries) : ISourceOracle
{
    public OracleAnswer? Find(string name, string type, OracleView? view)
    {
        foreach (var scope in entries.Scopes(view))
        {
            var own = Pointers(scope).Where(r => r.Owner == name).ToList();
            if (own.Count == 0) continue;
            var smallest = own.Min(r => r.Ttl);
            return LocalData.Answer(name, type, own.Select(r => r with { Ttl = smallest }));
        }

        return null;
    }

    public bool HasNameBelow(string name, OracleView? view) =>
        entries.Scopes(view).SelectMany(Pointers).Any(r => Names.Below(r.Owner, name));

    private static IEnumerable<TextRecord> Pointers(List<CustomEntry> scope) =>
        from entry in scope
        where entry.AutoPtr && entry.Type is "A" or "AAAA" && !entry.Name.StartsWith("*.", StringComparison.Ordinal)
        from record in entry.Records
        select new TextRecord(Addresses.ReverseName(IPAddress.Parse(record)), entry.Ttl, "PTR", Names.Dot(entry.Name));
}
