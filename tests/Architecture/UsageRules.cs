using System.Text.RegularExpressions;

namespace KubeDoH.Tests.Architecture;

/// <summary>Who may use whom: the part of a file, and the parts that its code may name.</summary>
internal static partial class UsageRules
{
    /// <summary>
    /// <c>options</c> is EngineOptions.cs, <c>root</c> the other files in the root of engine/, <c>k8s</c> the Kubernetes client's
    /// package.
    /// </summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Files"] = [],
        ["Sockets"] = [],
        ["Wire"] = [],
        ["Metrics"] = [],
        ["Resolution"] = ["Wire", "Metrics"],
        ["Kubernetes"] = ["Files", "options", "k8s"],
        ["Views"] = ["Resolution", "Wire", "Files", "Kubernetes", "Cluster", "options"],
        ["Entries"] = ["Resolution", "Wire", "Kubernetes", "options"],
        ["Hosts"] = ["Resolution", "Wire", "Files", "options"],
        ["Cluster"] = ["Resolution", "Wire", "Metrics", "Kubernetes", "options"],
        ["Special"] = ["Resolution", "Wire", "options"],
        ["Forward"] = ["Resolution", "Wire", "Metrics", "Files", "Sockets", "options"],
        ["Diagnosis"] = ["Resolution", "Wire", "Kubernetes", "Cluster", "Entries", "Forward", "Views"],
        ["Rules"] = ["Resolution", "Wire", "options"],
        ["Listeners"] = ["Resolution", "Wire", "Metrics", "Sockets", "options"],
        ["options"] = [],
    };

    /// <summary>One line for each use that the table does not allow, with its file and line.</summary>
    public static IReadOnlyList<string> Violations(IReadOnlyList<SourceFile> files)
    {
        ILookup<string, string> partsOfType = files
            .SelectMany(file => file.DeclaredTypes, (file, type) => (type, file.Part))
            .ToLookup(pair => pair.type, pair => pair.Part);
        return [.. files.SelectMany(file => Violations(file, partsOfType))];
    }

    private static IEnumerable<string> Violations(SourceFile file, ILookup<string, string> partsOfType)
    {
        bool free = file.Part is "root" or "api";
        if (!free && !Allowed.ContainsKey(file.Part))
        {
            yield return $"{file.Path}: '{file.Part}' is not in the table of parts";
            yield break;
        }

        foreach ((int number, string text) in file.CodeLines)
        {
            if (Namespace().Match(text) is { Success: true } declared && declared.Groups[1].Value != NamespaceOf(file))
                yield return $"{file.Path}({number}): the namespace of this folder is {NamespaceOf(file)}";
            foreach (string used in Used(text, partsOfType).Distinct())
            {
                bool allowed = used == file.Part || (free ? used is not ("api" or "k8s") : Allowed[file.Part].Contains(used));
                if (!allowed) yield return $"{file.Path}({number}): {file.Part} may not use {used}";
            }
        }
    }

    /// <summary>The parts that a line names: in full, from inside the engine (<c>Wire.Rcode</c>), or by a type of its root.</summary>
    private static IEnumerable<string> Used(string line, ILookup<string, string> partsOfType)
    {
        if (line.TrimStart().StartsWith("namespace ", StringComparison.Ordinal)) yield break;
        if (line.Contains("KubeDoH.Api", StringComparison.Ordinal)) yield return "api";
        if (ClientPackage().IsMatch(line)) yield return "k8s";
        foreach (Match match in FullName().Matches(line)) yield return match.Groups[1].Value;
        foreach (Match match in ShortName().Matches(line))
        {
            if (partsOfType[match.Groups[2].Value].Contains(match.Groups[1].Value)) yield return match.Groups[1].Value;
        }

        foreach (string part in Word().Matches(line).SelectMany(word => partsOfType[word.Value]))
        {
            if (part is "root" or "options") yield return part;
        }
    }

    private static string NamespaceOf(SourceFile file)
    {
        string[] folders = [.. file.Path.Split('/').SkipLast(1)];
        return string.Join('.', ["KubeDoH", folders[0] == "api" ? "Api" : "Engine", .. folders.Skip(1)]);
    }

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\bKubeDoH\.Engine\.(\w+)")]
    private static partial Regex FullName();

    [GeneratedRegex(@"(?<![\w.""])(?:Engine\.)?([A-Z]\w*)\.([A-Z]\w*)")]
    private static partial Regex ShortName();

    [GeneratedRegex(@"\busing\s+(static\s+|\w+\s*=\s*)?k8s\b|\bglobal::k8s\b|(?<![\w.])k8s\.\w")]
    private static partial Regex ClientPackage();

    [GeneratedRegex(@"(?<![\w.""])[A-Z]\w*\b(?!\s*=>|\s*\{ get)")]
    private static partial Regex Word();
}
