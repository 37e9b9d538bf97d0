using System.Reflection;
using System.Text.RegularExpressions;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Tests.Architecture;
using KubeDoH.Tests.Clients;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace KubeDoH.Tests.Document;

/// <summary>
/// <c>openapi.yaml</c> is what Swashbuckle makes of the routes, and all of it.
/// <c>KUBEDOH_WRITE_DOCUMENT=1 tests/run -class '*.ApiDocumentTests'</c> writes it anew.
/// </summary>
public sealed partial class ApiDocumentTests
{
    private static readonly string FilePath = Repository.PathOf("openapi.yaml");

    [Fact]
    public async Task Document_is_what_the_routes_make()
    {
        await using DocumentHost host = await DocumentHost.StartAsync();
        string made = await host.GetAsync(ApiDocument.MadePath);
        if (Environment.GetEnvironmentVariable("KUBEDOH_WRITE_DOCUMENT") is { Length: > 0 })
            await File.WriteAllTextAsync(FilePath, made, TestContext.Current.CancellationToken);

        Assert.Equal(made, await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Document_has_every_route_and_method()
    {
        await using DocumentHost host = await DocumentHost.StartAsync();

        Assert.Empty(DocumentRules.MissingOperations(
            host.Routes, DocumentRules.Parse(await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken))));
    }

    [Fact]
    public async Task Planted_routes_are_missed()
    {
        await using DocumentHost host = await DocumentHost.StartAsync(app =>
        {
            app.MapPatch("/resolve", () => "");
            app.Map("/planted", (HttpContext _) => Task.CompletedTask);
        });

        Assert.Equal(
            ["PATCH /resolve", "/planted says nowhere which methods it answers"],
            DocumentRules.MissingOperations(
                host.Routes, DocumentRules.Parse(await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken))));
    }

    /// <summary>The host of these tests maps what the program maps.</summary>
    [Fact]
    public void Every_mapping_of_the_program_is_seen()
    {
        string[] inProgram = MappingsIn("api/Program.cs"), here = MappingsIn("tests/Document/DocumentHost.cs");

        Assert.NotEmpty(inProgram);
        Assert.Equal(inProgram, here);
    }

    [Fact]
    public void Document_has_every_problem_that_the_code_makes_and_no_other()
    {
        IReadOnlyList<SourceFile> code = [.. SourceFile.ReadAll("api")
            .Where(file => !file.Path.StartsWith("api/Hosting/Swagger/", StringComparison.Ordinal))];
        IEnumerable<string> ofEntries = typeof(EntryViolation).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);
        IEnumerable<string> made = code.SelectMany(DocumentRules.MadeProblems).Concat(ofEntries).Distinct().Order(StringComparer.Ordinal);

        Assert.Empty(code.SelectMany(DocumentRules.UnreadProblems));
        Assert.Equal(made, DocumentRules.ShownProblems(DocumentRules.Parse(File.ReadAllText(FilePath))));
    }

    [Theory]
    [InlineData("""ApiProblems.Result(context, StatusCodes.Status400BadRequest, "planted", "Planted", detail)""", "planted", 0)]
    [InlineData("""EntryReplies.BadRequest(context, "planted", detail)""", "planted", 0)]
    [InlineData("""new DohRefusal(e.StatusCode, "planted", "Planted", detail)""", "planted", 0)]
    [InlineData("""new(StatusCodes.Status400BadRequest, "planted", "Planted", detail)""", "planted", 0)]
    [InlineData("""ApiProblems.Result(context, status, "planted", "Planted", detail)""", "planted", 0)]
    [InlineData("""ApiProblems.Result(context, isLarge ? 413 : 400, "planted", "Planted", detail)""", null, 1)]
    [InlineData("""ApiProblems.WriteAsync(context, StatusCodes.Status400BadRequest, Planted, "Planted", detail)""", null, 1)]
    public void Planted_problem_is_read_or_reported(string code, string? name, int unread)
    {
        var file = new SourceFile("api/A.cs", $"return {code};");

        Assert.Equal(name, DocumentRules.MadeProblems(file).SingleOrDefault());
        Assert.Equal(unread, DocumentRules.UnreadProblems(file).Count());
    }

    [Fact]
    public async Task Linter_finds_nothing()
    {
        string folder = Repository.PathOf("tests/openapi");
        string linter = Path.Combine(folder, "node_modules/.bin/redocly");
        OutsideClient.Require("node");
        Assert.SkipUnless(File.Exists(linter), "the linter is not installed: npm ci --prefix tests/openapi");

        ClientResult result = await OutsideClient.RunAsync("env",
            "REDOCLY_SUPPRESS_UPDATE_NOTICE=true",
            linter, "lint", "--config", Path.Combine(folder, "redocly.yaml"), "--max-problems=1000", FilePath);

        Assert.True(result.ExitCode == 0 && !result.Errors.Contains(
            "Warning was generated", StringComparison.Ordinal), result.Output + result.Errors);
    }

    private static string[] MappingsIn(string path) =>
        [.. Mapping().Matches(File.ReadAllText(Repository.PathOf(path))).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"^\s*app\.(Map\w+)\(\);", RegexOptions.Multiline)]
    private static partial Regex Mapping();
}
