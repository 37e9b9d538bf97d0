using System.Collections;

namespace KubeDoH.Api.Hosting.Configuration;

/// <summary>Values of one kind of source, by key path.</summary>
/// <param name="name">The source's name in errors.</param>
internal sealed class NamedValues(string name) : ConfigurationProvider, IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override string ToString() => name;

    /// <summary>Takes a value out; null where there is none.</summary>
    public string? Take(string key) => Data.Remove(key, out string? value) ? value : null;
}

/// <summary>
/// The command line: <c>--Section:Key=value</c> or <c>--Section:Key value</c>, <c>--Config=FILE</c>, <c>--help</c>, <c>--version</c>;
/// nothing else.
/// </summary>
internal sealed class CommandLine
{
    public bool Help { get; private set; }

    public bool Version { get; private set; }

    public NamedValues Values { get; } = new("command line");

    /// <summary>A file of settings (<c>--Config=FILE</c>), which stands over appsettings.json; null for none.</summary>
    public string? ConfigFile { get; private set; }

    public IReadOnlyList<string> Errors { get; private set; } = [];

    public static CommandLine Read(IReadOnlyList<string> args)
    {
        var line = new CommandLine();
        var errors = new List<string>();
        for (int i = 0; i < args.Count; i++)
        {
            string arg = args[i];
            int equals = arg.IndexOf('=');
            string word = equals < 0 ? arg : arg[..equals];
            if (arg is "--help" or "-h" or "-?") line.Help = true;
            else if (arg == "--version") line.Version = true;
            else if (!word.StartsWith("--", StringComparison.Ordinal) || word.Length == 2)
                errors.Add($"'{arg}' is no switch: write --Section:Key=value");
            else if (equals >= 0) line.Values.Set(word[2..], arg[(equals + 1)..]);
            else if (i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal)) line.Values.Set(word[2..], args[++i]);
            else errors.Add($"'{arg}' has no value: write {arg}=value");
        }

        line.ConfigFile = line.Values.Take("Config");
        if (line.ConfigFile is { } file && string.IsNullOrWhiteSpace(file)) errors.Add("--Config needs a path");
        line.Errors = errors;
        return line;
    }

    /// <summary>
    /// The variables <c>KUBEDOH_Section__Key</c>. Others that start so are not ours to judge: a Service named kubedoh makes the
    /// kubelet set KUBEDOH_PORT and KUBEDOH_SERVICE_HOST.
    /// </summary>
    public static NamedValues ReadEnvironment(IDictionary variables)
    {
        const string Prefix = "KUBEDOH_";
        var values = new NamedValues("environment");
        foreach (DictionaryEntry variable in variables)
        {
            var name = (string)variable.Key;
            if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || !name.Contains("__", StringComparison.Ordinal)) continue;
            string path = name[Prefix.Length..].Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
            values.Set(path, (string?)variable.Value);
        }

        return values;
    }
}
