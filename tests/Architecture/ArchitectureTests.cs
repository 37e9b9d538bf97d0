namespace KubeDoH.Tests.Architecture;

/// <summary>The house keeps its plan; each rule is seen to catch what breaks it.</summary>
public class ArchitectureTests
{
    /// <summary>The types that planted lines name.</summary>
    private static readonly SourceFile[] Declared =
    [
        new("engine/Pipeline.cs", "internal static class Pipeline"),
        new("engine/EngineOptions.cs", "public sealed class EngineOptions"),
        new("engine/Cluster/ClusterView.cs", "internal sealed class ClusterView"),
        new("engine/Views/NamespaceViews.cs", "internal sealed class NamespaceViews"),
    ];

    [Fact]
    public void Parts_use_only_the_parts_below_them() => AssertNone(UsageRules.Violations(SourceFile.ReadAll("engine", "api")));

    /// <summary>The rules themselves name what they forbid, and are left out.</summary>
    [Fact]
    public void Files_are_short_finished_and_well_named() => AssertNone(
        SourceFile.ReadAll("engine", "api", "tests")
            .Where(file => !file.Path.StartsWith("tests/Architecture/", StringComparison.Ordinal))
            .SelectMany(StyleRules.Violations));

    [Theory]
    [InlineData("engine/Wire/A.cs", "using KubeDoH.Engine.Resolution;", "Wire may not use Resolution")]
    [InlineData("engine/Files/A.cs", "using KubeDoH.Engine.Wire;", "Files may not use Wire")]
    [InlineData("engine/Resolution/A.cs", "using static KubeDoH.Engine.Cluster.ZoneAnswers;", "Resolution may not use Cluster")]
    [InlineData("engine/Hosts/A.cs", "global using Objects = KubeDoH.Engine.Kubernetes.KubernetesObjects;", "Hosts may not use Kubernetes")]
    [InlineData("engine/Entries/A.cs", "    private readonly KubeDoH.Engine.Hosts.HostsFeed feed;", "Entries may not use Hosts")]
    [InlineData("engine/Special/A.cs", "    _ = global::KubeDoH.Engine.Forward.ForwardSource.Find();", "Special may not use Forward")]
    [InlineData("engine/Forward/A.cs", "    private Cluster.ClusterView view;", "Forward may not use Cluster")]
    [InlineData("engine/Rules/A.cs", "    var x = new Engine.Views.NamespaceViews();", "Rules may not use Views")]
    [InlineData("engine/Cluster/A.cs", "    public Cluster(Pipeline pipeline)", "Cluster may not use root")]
    [InlineData("engine/Wire/A.cs", "    public static void Read(EngineOptions options)", "Wire may not use options")]
    [InlineData("engine/Pipeline.cs", "using KubeDoH.Api.Hosting;", "root may not use api")]
    [InlineData("engine/Listeners/A.cs", "    KubeDoH.Api.Program.Main();", "Listeners may not use api")]
    [InlineData("engine/Cluster/A.cs", "using k8s.Models;", "Cluster may not use k8s")]
    [InlineData("api/Hosting/A.cs", "using k8s;", "api may not use k8s")]
    [InlineData("engine/Attic/A.cs", "", "'Attic' is not in the table of parts")]
    [InlineData("engine/Wire/A.cs", "namespace KubeDoH.Engine.Cluster;", "the namespace of this folder is KubeDoH.Engine.Wire")]
    public void Planted_use_is_caught(string path, string line, string verdict)
    {
        string violation = Assert.Single(UsageRules.Violations([.. Declared, new SourceFile(path, $"// first\n{line}\n")]));

        Assert.StartsWith(path, violation, StringComparison.Ordinal);
        Assert.EndsWith(verdict, violation, StringComparison.Ordinal);
        if (line.Length > 0) Assert.Contains("(2)", violation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("engine/Pipeline.cs", "using KubeDoH.Engine.Forward;")]
    [InlineData("engine/Views/A.cs", "using KubeDoH.Engine.Cluster;")]
    [InlineData("engine/Kubernetes/A.cs", "using k8s;")]
    [InlineData("engine/Hosts/A.cs", "    public A(EngineOptions options)")]
    [InlineData("engine/Wire/A.cs", "/// <summary>Not for KubeDoH.Engine.Cluster.ClusterView.</summary>")]
    [InlineData("engine/Rules/A.cs", "    var x = options.Cluster.ClusterView;")]
    [InlineData("engine/Hosts/A.cs", "    if (Cluster.Shows(name)) return;")]
    [InlineData("api/Hosting/A.cs", "using KubeDoH.Engine.Resolution;")]
    public void Allowed_use_is_left_alone(string path, string line) =>
        Assert.Empty(UsageRules.Violations([.. Declared, new SourceFile(path, line)]));

    [Theory]
    [InlineData("// TODO: later", "TODO")]
    [InlineData("    DoIt(); // FIXME", "FIXME")]
    [InlineData("    #region Fields", "#region")]
    [InlineData("internal sealed class CacheManager(int size)", "CacheManager")]
    [InlineData("public static class DnsHelper", "DnsHelper")]
    [InlineData("public readonly record struct NameUtils", "NameUtils")]
    public void Planted_offence_is_caught(string line, string named)
    {
        string violation = Assert.Single(StyleRules.Violations(new SourceFile("engine/Wire/A.cs", $"first\n{line}\n")));

        Assert.Contains(named, violation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StyleRules.MostLines, 0)]
    [InlineData(StyleRules.MostLines + 1, 1)]
    public void Length_is_caught_beyond_the_limit(int lines, int violations)
    {
        var file = new SourceFile("engine/Wire/A.cs", string.Concat(Enumerable.Repeat("line\n", lines)));

        Assert.Equal(violations, StyleRules.Violations(file).Count());
    }

    [Theory]
    [InlineData("x", 140, 0)]
    [InlineData("x", 141, 1)]
    [InlineData("é", 140, 0)]
    public void Wide_line_is_caught_beyond_the_limit(string letter, int columns, int violations)
    {
        string line = string.Concat(Enumerable.Repeat(letter, columns));

        string[] found = [.. StyleRules.Violations(new SourceFile("engine/Wire/A.cs", $"first\n{line}\nlast\n"))];

        Assert.Equal(Enumerable.Repeat("engine/Wire/A.cs(2): 141 columns, 140 at most", violations), found);
    }

    /// <summary>The content of a raw string may be as wide as it is; the code around it, and what follows it, may not.</summary>
    [Theory]
    [InlineData(""""string a = """{0}""";"""", 0)]
    [InlineData(""""string a = $$"""{0}""";"""", 0)]
    [InlineData(""""string a = """\n  {0}\n  {0}\n  """;"""", 0)]
    [InlineData(""""string a = """\n  x\n  """; // {0}"""", 1)]
    [InlineData(""""string a = """x"""; string b = "{0}"; string c = """y""";"""", 1)]
    [InlineData("""string a = ""; string b = "{0}";""", 1)]
    public void Raw_string_alone_may_be_wide(string code, int violations)
    {
        string text = code.Replace("\\n", "\n", StringComparison.Ordinal).Replace("{0}", new string('x', 140), StringComparison.Ordinal);

        Assert.Equal(violations, StyleRules.Violations(new SourceFile("engine/Wire/A.cs", text)).Count());
    }

    private static void AssertNone(IEnumerable<string> violations)
    {
        string all = string.Join('\n', violations);
        Assert.True(all.Length == 0, all);
    }
}
