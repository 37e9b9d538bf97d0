using System.Text.RegularExpressions;

namespace KubeDoH.Tests.Architecture;

/// <summary>A C# file by its path from the root of the repository.</summary>
internal sealed partial record SourceFile(string Path, string Text)
{
    /// <summary>The folder below engine/ that the file is in, or <c>api</c>, or the name of its role in the root of engine/.</summary>
    public string Part => Path.Split('/') switch
    {
        ["api", ..] => "api",
        ["engine", "EngineOptions.cs"] => "options",
        ["engine", _] => "root",
        ["engine", string folder, ..] => folder,
        _ => "",
    };

    /// <summary>The lines of code, numbered from one; comments are empty, since a word about another part is no use of it.</summary>
    public IEnumerable<(int Number, string Text)> CodeLines =>
        Text.Split('\n').Select((line, index) => (index + 1, LineComment().Replace(line, "")));

    public IEnumerable<string> DeclaredTypes =>
        CodeLines.SelectMany(line => TypeDeclaration().Matches(line.Text)).Select(match => match.Groups[1].Value);

    /// <summary>Every source file of the folders named, without what a build made.</summary>
    public static IReadOnlyList<SourceFile> ReadAll(params string[] folders) =>
    [
        .. from folder in folders
           from path in Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
           let relative = System.IO.Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')
           where !relative.Split('/').Any(part => part is "bin" or "obj")
           orderby relative
           select new SourceFile(relative, File.ReadAllText(path)),
    ];

    [GeneratedRegex(@"(^|\s)//.*")]
    private static partial Regex LineComment();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?: struct| class)?)\s+([A-Z]\w*)")]
    private static partial Regex TypeDeclaration();
}
