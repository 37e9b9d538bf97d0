using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Oracle;

/// <summary>Who asks: a namespace or a pod, with its search list (no trailing dots), its ndots and its own hosts lines.</summary>
internal sealed record OracleView(string Namespace, IReadOnlyList<string> Search, int Ndots, IReadOnlyList<HostAliasObject> HostAliases)
{
    /// <summary>For what its resolver does not look up in its hosts file: candidates of the search list, targets of aliases.</summary>
    public OracleView WithoutHosts() => this with { HostAliases = [] };

    public override string ToString() =>
        $"ns={Namespace} search=[{string.Join(' ', Search)}] ndots={Ndots} aliases=[{string.Join("; ", HostAliases.Select(Line))}]";

    private static string Line(HostAliasObject alias) => $"{alias.Address} {string.Join(' ', alias.Hostnames)}";
}

/// <summary>A question: a name as asked (any case, with or without the trailing dot), a type, and a view or none.</summary>
internal sealed record OracleQuestion(string Name, string Type, OracleView? View = null)
{
    public override string ToString() => $"{Name} {Type}{(View is null ? "" : $" [{View}]")}";
}

/// <summary>Something that answers questions about a world. The same world comes many times in a row, as the same object.</summary>
internal interface ISubject
{
    Task<OracleAnswer> AskAsync(World world, OracleQuestion question);
}
