namespace KubeDoH.Api.Hosting;

/// <summary>What a person sees when the server listens.</summary>
internal static class StartMessage
{
    /// <param name="addresses">Where it listens, as Kestrel says (<c>http://127.0.0.1:8053</c>).</param>
    /// <param name="sources">A line for each source of names: what it is and where it came from.</param>
    public static void Write(TextWriter output, IReadOnlyList<string> addresses, ServerCertificate? certificate, IReadOnlyList<string> sources)
    {
        output.WriteLine($"KubeDoH {Configuration.HelpText.Version} listens on");
        foreach (string address in addresses) output.WriteLine($"  {address}");
        if (certificate is not null)
        {
            output.WriteLine($"Certificate {certificate.Path}");
            output.WriteLine($"  SHA-256 {certificate.Fingerprint}, until {certificate.Leaf.NotAfter.ToUniversalTime():yyyy-MM-dd}");
            if (certificate.SelfMade) output.WriteLine($"  made here: clients trust it by its file, as in curl --cacert {certificate.Path}");
        }

        output.WriteLine("Sources, in order");
        foreach (string source in sources) output.WriteLine($"  {source}");
        output.WriteLine("Try");
        foreach (string line in CurlLines(addresses, certificate)) output.WriteLine($"  {line}");
    }

    private static IEnumerable<string> CurlLines(IReadOnlyList<string> addresses, ServerCertificate? certificate)
    {
        string trust = certificate is { SelfMade: true } ? $"--cacert {certificate.Path} " : "";
        string? https = addresses.FirstOrDefault(address => address.StartsWith("https:", StringComparison.Ordinal));
        string any = Reachable(addresses[0]);
        string json = any.StartsWith("https:", StringComparison.Ordinal) ? trust : "";
        yield return $"curl {json}'{any}/dns-query?name=localhost'";
        yield return $"curl {json}'{any}/dns-query?name=localhost&type=A,AAAA'";
        yield return https is null
            ? $"curl {json}'{any}/resolve?name=1.0.0.127.in-addr.arpa&type=PTR'"
            : $"curl {trust}'{Reachable(https)}/dns-query?name=localhost&ct=application/dns-message' | od -c";
    }

    /// <summary>An address to call where the server listens on every one.</summary>
    private static string Reachable(string address) =>
        address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
}
