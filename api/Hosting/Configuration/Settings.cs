using System.Collections;

namespace KubeDoH.Api.Hosting.Configuration;

/// <summary>Brings the sources of configuration together: file, environment, command line, each over the one before.</summary>
internal static class Settings
{
    public const string FileName = "appsettings.json";

    /// <summary>The options, or null after every error was written to <paramref name="output"/>.</summary>
    public static AppOptions? TryRead(CommandLine line, IDictionary environment, string contentRoot, TextWriter output)
    {
        var errors = new List<string>(line.Errors);
        AppOptions? options = null;
        try
        {
            IConfigurationRoot configuration = new ConfigurationBuilder()
                .SetBasePath(contentRoot)
                .AddJsonFile(FileName, optional: true, reloadOnChange: false)
                .Add(CommandLine.ReadEnvironment(environment))
                .Add(line.Values)
                .Build();
            options = ConfigurationReader.Read(configuration, contentRoot, out IReadOnlyList<string> found);
            errors.AddRange(found);
        }
        catch (InvalidDataException e)
        {
            errors.Add($"{Path.Combine(contentRoot, FileName)} is no JSON: {e.InnerException?.InnerException?.Message ?? e.Message}");
        }

        if (errors.Count == 0) return options;
        foreach (string error in errors) output.WriteLine($"kubedoh: {error}");
        output.WriteLine("kubedoh: --help lists every key");
        return null;
    }
}
