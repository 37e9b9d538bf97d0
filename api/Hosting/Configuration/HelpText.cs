using System.Reflection;

namespace KubeDoH.Api.Hosting.Configuration;

/// <summary>What <c>--help</c> and <c>--version</c> print.</summary>
internal static class HelpText
{
    public static string Version { get; } =
        typeof(HelpText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static void Write(TextWriter output)
    {
        output.WriteLine(
            $"""
            kubedoh {Version}: answers names over HTTP the way a pod in the cluster would.

            kubedoh [--Section:Key=value ...] [--Config=FILE] [--help] [--version]
            kubedoh --new-token NAME SCOPE... [suffix=NAME...] [namespace=NAME...] [expires=90d|2027-01-01]

            Keys stand on the command line, in the environment (KUBEDOH_Section__Key=value), in the file that --Config names or in
            appsettings.json; the first of these that has a key decides. Relative paths start at the content root (the working folder).
            """);
        var defaults = new AppOptions();
        foreach (IGrouping<string, ConfigurationKey> section in ConfigurationKeys.All.GroupBy(key => key.Path.Split(':')[0]))
        {
            output.WriteLine();
            foreach (ConfigurationKey key in section)
            {
                output.WriteLine($"  {key.Path}  (default: {key.Print(defaults)})");
                output.WriteLine($"      {key.Meaning}; {key.Allowed}");
            }
        }
    }
}
