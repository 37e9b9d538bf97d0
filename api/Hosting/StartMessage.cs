using KubeDoH.Engine.Resolution;

namespace KubeDoH.Api.Hosting;

/// <summary>What a person sees when the server listens.</summary>
internal static class StartMessage
{
    /// <param name="addresses">Where it listens, as Kestrel says (<c>http://127.0.0.1:8053</c>).</param>
    /// <param name="sources">The sources of names in order: a line each.</param>
    /// <param name="example">A service of the cluster and its namespace; null where there is none.</param>
    public static void Write(
        TextWriter output, ListenOptions listen, IReadOnlyList<string> addresses, ServerCertificate? certificate,
        IReadOnlyList<SourceStatus> sources, (string Namespace, string Service)? example)
    {
        output.WriteLine($"KubeDoH {Configuration.HelpText.Version} listens on");
        foreach (string address in addresses) output.WriteLine($"  {address}");
        foreach (DnsListenAddress address in listen.Dns) output.WriteLine($"  udp and tcp {address.Address}{SeenFrom(address)}");
        foreach (DnsListenAddress address in listen.Dot) output.WriteLine($"  tls {address.Address}{SeenFrom(address)}");
        if (certificate is not null)
        {
            output.WriteLine($"Certificate {certificate.Path}");
            output.WriteLine($"  SHA-256 {certificate.Fingerprint}, until {certificate.Leaf.NotAfter.ToUniversalTime():yyyy-MM-dd}");
            if (certificate.SelfMade)
                output.WriteLine($"  made here: clients trust it by its file, as in curl --cacert {certificate.Path}");
        }

        output.WriteLine("Sources, in order");
        foreach (SourceStatus source in sources) output.WriteLine($"  {source.Source}: {source.Description}");
        output.WriteLine("Try");
        if (listen.Dns.FirstOrDefault(address => address.Namespace is null) is { } plain)
            output.WriteLine($"  {DigLine(plain.Address, example)}");
        // What answers names comes first, as Kestrel binds in the order of the list.
        string[] naming = [.. addresses.Take(Math.Max(1, addresses.Count - OthersOf(listen)))];
        foreach (string line in CurlLines(naming, certificate, example)) output.WriteLine($"  {line}");
    }

    /// <summary>Addresses that answer no names; localhost is two addresses there is one line of.</summary>
    private static int OthersOf(ListenOptions listen) =>
        listen.Management.Count + listen.ManagementHttps.Count + listen.Health.Count + listen.Ready.Count + listen.Metrics.Count;

    private static IEnumerable<string> CurlLines(
        IReadOnlyList<string> addresses, ServerCertificate? certificate, (string Namespace, string Service)? example)
    {
        string trust = certificate is { SelfMade: true } ? $"--cacert {certificate.Path} " : "";
        string clear = addresses.FirstOrDefault(address => !IsSecure(address)) ?? addresses[0];
        string secure = addresses.FirstOrDefault(IsSecure) ?? addresses[0];
        (string path, string name) = example is { } found
            ? ($"/dns-query/ns/{found.Namespace}", found.Service)
            : ("/dns-query", "localhost");
        yield return Curl(clear, $"{path}?name={name}", "");
        yield return Curl(secure, $"{path}?name={name}&type=A,AAAA", "");
        yield return Curl(
            clear, "/api/v1/entries/db.corp.example/A", "-X PUT -H 'content-type: application/json' -d '{\"records\":[\"10.0.0.5\"]}' ");

        string Curl(string address, string target, string switches) =>
            $"curl {(IsSecure(address) ? trust : "")}{switches}'{Reachable(address)}{target}'";
    }

    private static string SeenFrom(DnsListenAddress address) => address.Namespace is { } name ? $", seen from the namespace {name}" : "";

    private static string DigLine(ListenAddress address, (string Namespace, string Service)? example)
    {
        string host = address.Host is "*" or "localhost" or "0.0.0.0" ? "127.0.0.1" : address.Host == "::" ? "::1" : address.Host;
        return $"dig @{host} -p {address.Port} "
            + $"{(example is { } found ? $"{found.Service}.{found.Namespace}.svc.cluster.local" : "localhost")}";
    }

    private static bool IsSecure(string address) => address.StartsWith("https:", StringComparison.Ordinal);

    /// <summary>An address to call where the server listens on every one.</summary>
    private static string Reachable(string address) =>
        address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
}
