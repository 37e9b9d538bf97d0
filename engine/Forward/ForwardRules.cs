using System.Net;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward;

/// <summary>The servers for the names at or below a suffix.</summary>
/// <param name="Suffix">The root for the default rule.</param>
/// <param name="Servers">In the order in which they are asked; empty when every one of them was this process itself.</param>
internal sealed record ForwardRule(DnsName Suffix, IReadOnlyList<UpstreamServer> Servers);

/// <summary>Which servers a name is forwarded to: the rule with the longest suffix. Immutable; a reload makes another.</summary>
internal sealed class ForwardRules
{
    private readonly Dictionary<DnsName, ForwardRule> _rules;
    private readonly Dictionary<DnsName, ForwardRule>.AlternateLookup<ReadOnlySpan<byte>> _bySuffix;

    private ForwardRules(Dictionary<DnsName, ForwardRule> rules, IReadOnlyList<string> problems)
    {
        _rules = rules;
        _bySuffix = rules.GetAlternateLookup<ReadOnlySpan<byte>>();
        Problems = problems;
    }

    /// <summary>How many rules there are, the default included.</summary>
    public int Count => _rules.Count;

    /// <summary>Every rule, the default included.</summary>
    public IReadOnlyCollection<ForwardRule> All => _rules.Values;

    /// <summary>The rule of the names that no other covers; null when there is none.</summary>
    public ForwardRule? Default => For(WireName.Root);

    /// <summary>What could not be used: a sentence each, naming the option or the line.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>
    /// The rules of <paramref name="options"/>; the default servers are <c>Servers</c>, or those of
    /// <paramref name="resolvConf"/> where that is null.
    /// </summary>
    /// <param name="own">Where this process answers DNS itself: servers there are left out, or a question would go in circles.</param>
    public static ForwardRules Create(ForwardOptions options, ResolvConf? resolvConf, IReadOnlyList<IPEndPoint> own)
    {
        var rules = new Dictionary<DnsName, ForwardRule>(DnsNameComparer.Instance);
        var problems = new List<string>();
        List<UpstreamServer> trusted = ReadServers("Forward:Trusted", options.Trusted, problems);
        List<UpstreamServer> defaults = options.Servers is { } configured
            ? ReadServers("Forward:Servers", configured, problems)
            : FromResolvConf(resolvConf, problems);
        if (defaults.Count > 0) Add(DnsName.Root, defaults);

        foreach ((string suffix, IReadOnlyList<string> addresses) in options.Rules)
        {
            string key = $"Forward:Rules:{suffix}";
            List<UpstreamServer> servers = ReadServers(key, addresses, problems);
            if (!DnsName.TryParse(suffix, out DnsName name, out string? error)) problems.Add($"{key}: {error}");
            else if (servers.Count == 0) problems.Add($"{key}: names no server");
            else Add(name, servers);
        }

        return new ForwardRules(rules, problems);

        void Add(DnsName suffix, List<UpstreamServer> servers)
        {
            int removed = servers.RemoveAll(server => own.Any(listener => IsOwn(server.EndPoint, listener)));
            if (removed > 0) problems.Add($"the rule for {suffix} leaves out {removed} server(s) that are this service itself");
            rules[suffix] = new ForwardRule(
                suffix, [.. servers.Distinct().Select(server => trusted.Contains(server) ? server with { Trusted = true } : server)]);
        }
    }

    /// <summary>The rule for a lower-case wire name; null when its questions are not forwarded.</summary>
    public ForwardRule? For(ReadOnlySpan<byte> name)
    {
        for (ReadOnlySpan<byte> suffix = name; ; suffix = WireName.Parent(suffix))
        {
            if (_bySuffix.TryGetValue(suffix, out ForwardRule? rule)) return rule;
            if (suffix.Length == 1) return null;
        }
    }

    /// <summary>True when a rule of its own covers the name, not just the default: someone wants these very names forwarded.</summary>
    public bool Covers(ReadOnlySpan<byte> name) => For(name) is { } rule && rule.Suffix != DnsName.Root;

    private static List<UpstreamServer> ReadServers(string key, IReadOnlyList<string> addresses, List<string> problems)
    {
        var servers = new List<UpstreamServer>();
        foreach (string address in addresses)
        {
            if (UpstreamServer.TryParse(address, out UpstreamServer? server, out string? error)) servers.Add(server);
            else problems.Add($"{key}: {error}");
        }

        return servers;
    }

    private static List<UpstreamServer> FromResolvConf(ResolvConf? resolvConf, List<string> problems)
    {
        if (resolvConf is null) return [];
        problems.AddRange(resolvConf.Problems.Select(problem => $"resolv.conf, line {problem.Line}: {problem.Text}"));
        return [.. resolvConf.Nameservers.Select(
            address => new UpstreamServer(new IPEndPoint(address, UpstreamServer.DefaultPort)) { Trusted = resolvConf.TrustsAd })];
    }

    /// <summary>A listener on every address is at home on the loopback addresses too.</summary>
    private static bool IsOwn(IPEndPoint server, IPEndPoint listener)
    {
        if (server.Port != listener.Port) return false;
        return server.Equals(listener) || (IsAny(listener.Address) && (IPAddress.IsLoopback(server.Address) || IsAny(server.Address)));
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
