using System.Collections;

namespace KubeDoH.Api.Hosting.Configuration;

/// <summary>
/// Brings the sources of configuration together, each over the one before: <c>appsettings.json</c>, the file that <c>--Config</c> names,
/// the environment, the command line. Files may be read again; the others are what they were at the start.
/// </summary>
internal sealed class Settings(CommandLine line, IDictionary environment, string contentRoot)
{
    public const string FileName = "appsettings.json";

    private readonly NamedValues _environment = CommandLine.ReadEnvironment(environment);

    /// <summary>The files that are read, absolute; the first need not be there.</summary>
    public IReadOnlyList<string> Files { get; } =
        [
            Path.Combine(contentRoot, FileName),
            .. line.ConfigFile is { } file ? [Path.GetFullPath(file, contentRoot)] : Array.Empty<string>(),
        ];

    public string ContentRoot => contentRoot;

    /// <summary>The options, or null after every error was written to <paramref name="output"/>.</summary>
    public static AppOptions? TryRead(CommandLine line, IDictionary environment, string contentRoot, TextWriter output) =>
        new Settings(line, environment, contentRoot).TryRead(output);

    /// <summary>The options, or null after every error was written to <paramref name="output"/>.</summary>
    public AppOptions? TryRead(TextWriter output)
    {
        if (TryRead(out IReadOnlyList<string> errors) is { } options) return options;
        foreach (string error in errors) output.WriteLine($"kubedoh: {error}");
        output.WriteLine("kubedoh: --help lists every key");
        return null;
    }

    /// <summary>The options, or null with every error.</summary>
    public AppOptions? TryRead(out IReadOnlyList<string> errors)
    {
        var found = new List<string>(line.Errors);
        errors = found;
        var builder = new ConfigurationBuilder();
        for (int i = 0; i < Files.Count; i++) builder.AddJsonFile(Files[i], optional: i == 0, reloadOnChange: false);
        try
        {
            IConfigurationRoot configuration = builder.Add(_environment).Add(line.Values).Build();
            AppOptions options = ConfigurationReader.Read(configuration, contentRoot, out IReadOnlyList<string> wrong);
            found.AddRange(wrong);
            return found.Count == 0 ? options : null;
        }
        catch (InvalidDataException e)
        {
            found.Add($"{PathIn(e.Message)} is no JSON: {e.InnerException?.InnerException?.Message ?? e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            found.Add($"{PathIn(e.Message)} cannot be read: {e.Message}");
        }

        return null;
    }

    private string PathIn(string message) => Files.FirstOrDefault(file => message.Contains(file, StringComparison.Ordinal)) ?? Files[^1];
}
