using System.Collections;
using System.Text.Json;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Api.Inspect;
using KubeDoH.Tests.Api.Inspect;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Operation;

/// <summary>What an operator is told of the configuration.</summary>
public sealed class ConfigDocumentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Hosts:Ttl", "7", "appsettings.json")]
    [InlineData("Hosts:Files", "/a,/b", "more.json")]
    [InlineData("Kubernetes:Ttl", "9", "environment")]
    [InlineData("Order", "hosts,forward", "command line")]
    [InlineData("Cache:Size", "64MB", "default")]
    public void Value_says_where_it_comes_from(string key, string value, string source)
    {
        ConfigValue told = Document().Values.Single(one => one.Key == key);

        Assert.Equal((value, source, null), (told.Value, told.Source, told.AfterRestart));
    }

    [Fact]
    public void Secrets_are_counted_and_not_told()
    {
        ConfigDocument document = Document();

        Assert.Equal("2 hidden", document.Values.Single(one => one.Key == "Management:Tokens").Value);
        Assert.DoesNotContain(
            "sha256:", JsonSerializer.Serialize(document, ApiJsonContext.Default.ConfigDocument), StringComparison.Ordinal);
    }

    [Fact]
    public void What_waits_for_a_start_and_what_was_refused_are_told()
    {
        (LiveConfiguration live, Settings settings) = Read();
        var next = new AppOptions();
        next.Listen.Http = [new("127.0.0.1", 1)];
        live.Settle(next);
        live.Fail(["Hosts:Ttl must be a number"]);

        ConfigDocument document = ConfigDocument.Of(live, settings.Files);

        Assert.Equal(("127.0.0.1:8053", "127.0.0.1:1"), document.Values.Where(one => one.Key == "Listen:Http").Select(
            one => (one.Value, one.AfterRestart)).Single());
        Assert.Equal(["Hosts:Ttl must be a number"], document.Refused!.Errors);
        Assert.Equal([_folder.PathOf("appsettings.json"), _folder.PathOf("more.json")], document.Files);
    }

    [Fact]
    public async Task Endpoint_lists_every_key()
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.GetAsync("/api/v1/config"), wrong = await host.GetAsync("/api/v1/config?key=x");

        Assert.Equal(ConfigurationKeys.All.Select(key => key.Path), reply.Json.GetProperty("values").EnumerateArray().Select(
            value => value.GetProperty("key").GetString()));
        Assert.Equal((400, "bad-parameter"), (wrong.Status, wrong.Problem));
    }

    [Fact]
    public void File_that_is_named_and_not_there_is_an_error()
    {
        var settings = new Settings(CommandLine.Read(["--Config=nowhere.json"]), new Hashtable(), _folder.Root);

        Assert.Null(settings.TryRead(out IReadOnlyList<string> errors));
        Assert.StartsWith($"{_folder.PathOf("nowhere.json")} cannot be read: ", Assert.Single(errors), StringComparison.Ordinal);
    }

    private ConfigDocument Document()
    {
        (LiveConfiguration live, Settings settings) = Read();
        return ConfigDocument.Of(live, settings.Files);
    }

    private (LiveConfiguration Live, Settings Settings) Read()
    {
        _folder.Write("appsettings.json", """{ "Hosts": { "Ttl": 7, "Files": ["/c"] }, "Order": ["entries"] }""");
        _folder.Write("more.json", """{ "Hosts": { "Files": ["/a", "/b"] }, "Kubernetes": { "Ttl": 8 } }""");
        var environment =
            new Hashtable { ["KUBEDOH_Kubernetes__Ttl"] = "9", ["KUBEDOH_Management__Tokens"] = $"one {TokenHash.Of("s3cret-one")} "
                + $"admin,two {TokenHash.Of("s3cret-two")} inspect" };
        var settings = new Settings(CommandLine.Read(["--Config", "more.json", "--Order=hosts,forward"]), environment, _folder.Root);
        AppOptions options = settings.TryRead(out IReadOnlyList<string> errors)!;
        Assert.Empty(errors);
        return (new LiveConfiguration(options, TimeProvider.System), settings);
    }
}
