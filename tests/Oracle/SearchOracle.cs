using System.Globalization;

namespace KubeDoH.Tests.Oracle;

/// <summary>The search list of a view, walked as glibc's resolver does, with the differences that design.md names.</summary>
internal sealed class SearchOracle(World world)
{
    private readonly ChainOracle _chain = new(world);

    public OracleAnswer Answer(OracleQuestion question)
    {
        var name = Names.Dot(question.Name);
        if (question.View is not { } view || IsAbsolute(name, view)) return _chain.Resolve(name, question.Type, question.View);
        var searched = view.Search.Select(suffix => name + Names.Dot(suffix));
        var asItIsFirst = Names.Dots(name) >= view.Ndots;
        foreach (var candidate in asItIsFirst ? searched.Prepend(name) : searched)
        {
            var answer = _chain.Resolve(candidate, question.Type, candidate == name ? view : view.WithoutHosts());
            if (Ends(answer, candidate, question.Type, view))
                return candidate == name ? answer : Reply(name, candidate, question.Type, answer);
        }

        return _chain.Resolve(name, question.Type, view);
    }

    private bool IsAbsolute(string name, OracleView view) =>
        new[] { Names.Dot(world.Zone), "in-addr.arpa.", "ip6.arpa.", "localhost." }.Concat(view.Search.Select(Names.Dot))
            .Any(z => Names.AtOrBelow(name, z))
        || HostAliasesOracle.Lists(view, name);

    /// <summary>Failure, records, or a name that local data knows; and an upstream name that has addresses of the other family.</summary>
    private bool Ends(OracleAnswer answer, string name, string type, OracleView view)
    {
        if (answer.Rcode == "SERVFAIL") return true;
        if (HasRecords(answer, type)) return true;
        var localName = answer.Authoritative && (answer.Rcode == "NOERROR" || answer.Answer.Count > 0);
        if (localName || answer.KnownLocally) return true;
        if (answer.Rcode != "NOERROR" || type is not ("A" or "AAAA")) return false;
        var sibling = type == "A" ? "AAAA" : "A";
        return HasRecords(_chain.Resolve(name, sibling, view.WithoutHosts()), sibling);
    }

    /// <summary>An alias alone is not an answer unless aliases were asked for.</summary>
    private static bool HasRecords(OracleAnswer answer, string type) =>
        answer.Rcode == "NOERROR" && answer.Answer.Any(r => r.Type != "CNAME" || type is "CNAME" or "ANY");

    private static OracleAnswer Reply(string asked, string found, string type, OracleAnswer answer)
    {
        if (answer.Rcode == "SERVFAIL") return OracleAnswer.Failure("SERVFAIL");
        if (type is "CNAME" or "ANY")
            return answer with { Answer = [.. answer.Answer.Select(r => r.Owner == found ? r with { Owner = asked } : r)] };
        var ttl = answer.Answer.Count > 0 ? answer.Answer.Min(r => r.Ttl) : answer.Authority.Min(NegativeTtl);
        return answer with { Answer = [new(asked, ttl, "CNAME", found), .. answer.Answer] };
    }

    private static long NegativeTtl(TextRecord soa) => Math.Min(soa.Ttl, long.Parse(soa.Data.Split(' ')[^1], CultureInfo.InvariantCulture));
}
