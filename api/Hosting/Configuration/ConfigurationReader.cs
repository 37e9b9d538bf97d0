using KubeDoH.Engine;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Hosting.Configuration;

/// <summary>
/// Fills <see cref="AppOptions"/> from the configuration tree, source by source, and names every error at once. At each key the
/// last source that says anything there counts, whole: lists and maps of two sources are never mixed.
/// </summary>
internal static class ConfigurationReader
{
    /// <summary>The options; where <paramref name="errors"/> holds any, they are not to be used.</summary>
    /// <param name="contentRoot">Where relative paths start.</param>
    public static AppOptions Read(IConfigurationRoot configuration, string contentRoot, out IReadOnlyList<string> errors)
    {
        var found = new List<string>();
        var values = new Dictionary<ConfigurationKey, ConfiguredValue>();
        foreach (IConfigurationProvider provider in configuration.Providers)
            foreach ((ConfigurationKey key, ConfiguredValue value) in ReadSource(provider, found)) values[key] = value;
        AppOptions options = Build(values, contentRoot, found);
        errors = found;
        return options;
    }

    /// <summary>The options that these values give; what is wrong with them is added to <paramref name="errors"/>.</summary>
    public static AppOptions Build(
        IReadOnlyDictionary<ConfigurationKey, ConfiguredValue> values, string contentRoot, List<string> errors)
    {
        var options = new AppOptions { Values = values };
        foreach (ConfigurationKey key in ConfigurationKeys.All)
        {
            if (values.TryGetValue(key, out ConfiguredValue? value)) errors.AddRange(key.Apply(options, value));
            key.Root(options, contentRoot);
        }

        errors.AddRange(Contradictions(options));
        return options;
    }

    private static Dictionary<ConfigurationKey, ConfiguredValue> ReadSource(IConfigurationProvider provider, List<string> errors)
    {
        var values = new Dictionary<ConfigurationKey, ConfiguredValue>();
        string source = SourceOf(provider);
        foreach ((string path, string text) in Leaves(provider, null))
        {
            ConfigurationKey? key = ConfigurationKeys.All.FirstOrDefault(key => Matches(key, path));
            if (key is null)
            {
                errors.Add($"{path} is not a key{Suggestion(path)} ({source})");
                continue;
            }

            ConfiguredValue before = values.GetValueOrDefault(key) ?? new ConfiguredValue(source, null, []);
            values[key] = path.Length == key.Path.Length
                ? before with { Text = text }
                : before with { Below = [.. before.Below, KeyValuePair.Create(path[(key.Path.Length + 1)..], text)] };
        }

        return values;
    }

    private static bool Matches(ConfigurationKey key, string path)
    {
        if (!path.StartsWith(key.Path, StringComparison.OrdinalIgnoreCase)) return false;
        return path.Length == key.Path.Length || (path[key.Path.Length] == ':' && key.Takes(path[(key.Path.Length + 1)..]));
    }

    private static string SourceOf(IConfigurationProvider provider) => provider switch
    {
        FileConfigurationProvider file => file.Source.Path ?? "file",
        _ => provider.ToString()!,
    };

    private static IEnumerable<(string Path, string Text)> Leaves(IConfigurationProvider provider, string? parent)
    {
        foreach (string child in provider.GetChildKeys([], parent).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            string path = parent is null ? child : ConfigurationPath.Combine(parent, child);
            if (provider.TryGet(path, out string? text) && text is not null) yield return (path, text);
            foreach ((string Path, string Text) leaf in Leaves(provider, path)) yield return leaf;
        }
    }

    /// <summary>The key that differs by the fewest letters, when they are few.</summary>
    private static string Suggestion(string path)
    {
        const int Few = 3;
        var pattern = new EditPattern(path);
        (string Path, int Distance) nearest =
            ConfigurationKeys.All.Select(key => (key.Path, pattern.DistanceTo(key.Path, Few))).MinBy(pair => pair.Item2);
        return nearest.Distance <= Few ? $"; {nearest.Path} is" : "";
    }

    /// <summary>What is wrong between keys that are each right.</summary>
    private static IEnumerable<string> Contradictions(AppOptions options)
    {
        ListenOptions listen = options.Listen;
        ListenAddress[] addresses = [.. listen.All.Select(named => named.Address)];
        if (listen.Http.Count + listen.Https.Count + listen.H2c.Count == 0)
            yield return "Listen:Http, Listen:Https and Listen:H2c are all off: nothing would listen";
        foreach (var same in addresses.Where(address => address.Port != 0).GroupBy(address => address).Where(same => same.Count() > 1))
            yield return $"{same.Key} stands under two keys of Listen: each address serves one of them";
        if (listen is { Certificate: null, CertificateKey: not null }) yield return "Listen:CertificateKey needs Listen:Certificate";
        if (listen is { ClientCa: not null, HasTls: false }) yield return "Listen:ClientCa needs Listen:Https or Listen:ManagementHttps";
        if (options.Engine.Kubernetes is { Mode: KubernetesMode.Snapshot, Snapshot.Count: 0 })
            yield return "Kubernetes:Mode=snapshot needs Kubernetes:Snapshot";
        if (options.Engine.Kubernetes is { Mode: KubernetesMode.Server, Server: null })
            yield return "Kubernetes:Mode=server needs Kubernetes:Server";
        if (options.Engine.Kubernetes is { Server: null, TokenFile: not null }) yield return "Kubernetes:TokenFile needs Kubernetes:Server";
        if (options.Engine.Kubernetes is { Server: null, CaFile: not null }) yield return "Kubernetes:CaFile needs Kubernetes:Server";
        if (options.Engine.Kubernetes is { TokenFile: not null, Server: { } server }
            && new Uri(server) is { Scheme: "http", IsLoopback: false })
            yield return "Kubernetes:TokenFile would go to Kubernetes:Server in the clear: https is needed";
        if (options.Engine.Forward.Deadline < options.Engine.Forward.Timeout)
            yield return "Forward:Deadline is shorter than Forward:Timeout";
        if (options is { Query.RequireToken: true, Management: { Kubernetes: false, TokenFile: null, Tokens.Count: 0 } })
            yield return "Query:RequireToken needs Management:TokenFile, Management:Tokens or Management:Kubernetes: nobody could ask";
        if (options.Management is { Kubernetes: false, Audiences.Count: > 0 })
            yield return "Management:Audiences needs Management:Kubernetes";
        if (options.Engine.Cache.MinTtl > options.Engine.Cache.MaxTtl) yield return "Cache:MinTtl is longer than Cache:MaxTtl";
    }
}
