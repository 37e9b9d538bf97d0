using KubeDoH.Tests.Api.Inspect;

namespace KubeDoH.Tests.Api.Compare;

/// <summary>What <c>/api/v1/compare</c> takes and refuses.</summary>
public sealed class CompareEndpointsTests
{
    /// <summary>No server is there: whatever is asked of it would fail, and is refused before.</summary>
    private static readonly string[] Two = ["127.0.0.1:1", "tcp://127.0.0.1:1"];

    [Fact]
    public async Task Without_a_server_there_is_nothing_to_compare_with()
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply one = await host.GetAsync("/api/v1/compare?name=secco"), list = await host.PostAsync("/api/v1/compare", "{}", "*/*");

        Assert.Equal((404, "compare-off", "Compare:Servers names none."), (one.Status, one.Problem, one.Detail));
        Assert.Equal((404, "compare-off"), (list.Status, list.Problem));
    }

    [Theory]
    [InlineData("name=secco", "server: one of 127.0.0.1:1, tcp://127.0.0.1:1.")]
    [InlineData("name=secco&server=127.0.0.1:2", "server: '127.0.0.1:2' is not among Compare:Servers: 127.0.0.1:1, tcp://127.0.0.1:1.")]
    [InlineData("name=secco&server=evil.example", "server: 'evil.example' is not among Compare:Servers: 127.0.0.1:1, tcp://127.0.0.1:1.")]
    [InlineData(
        "name=secco&server=127.0.0.1:1&server=127.0.0.1:1",
        "server: '127.0.0.1:1,127.0.0.1:1' is not among Compare:Servers: 127.0.0.1:1, tcp://127.0.0.1:1.")]
    [InlineData("name=a..b&server=127.0.0.1:1", "name: the name has an empty label")]
    [InlineData(
        "name=a&type=NOTYPE&server=127.0.0.1:1",
        "type: 'NOTYPE' is no record type: a mnemonic such as AAAA, TYPE65, or a number from 1 to 65535")]
    [InlineData("name=a&do=1&server=127.0.0.1:1", "There is no parameter 'do'; there are name, type, ns, pod, search, ndots, server.")]
    public async Task Bad_parameter_is_refused_and_named(string query, string detail)
    {
        await using InspectHost host = await InspectHost.StartAsync(compare: Two);

        InspectReply reply = await host.GetAsync($"/api/v1/compare?{query}");

        Assert.Equal((400, "bad-parameter", detail), (reply.Status, reply.Problem, reply.Detail));
    }

    [Theory]
    [InlineData("udp://127.0.0.1:1")]
    [InlineData("127.0.0.1:1")]
    public async Task Server_may_be_written_as_the_configuration_has_it_or_otherwise(string server)
    {
        await using InspectHost host = await InspectHost.StartAsync(compare: ["127.0.0.1:1"]);

        InspectReply reply = await host.GetAsync($"/api/v1/compare?name=secco.&server={Uri.EscapeDataString(server)}");

        Assert.Equal((200, "failed"), (reply.Status, reply.Json.GetProperty("verdict").GetString()));
        Assert.StartsWith("no reply from 127.0.0.1:1 ", reply.Json.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "/questions", "a comparison has 1 to 1000 questions")]
    [InlineData("""{"questions":[]}""", "/questions", "a comparison has 1 to 1000 questions")]
    [InlineData("""{"questions":[{"name":"a"}],"to":"x"}""", "/to", "a comparison has no member 'to'")]
    [InlineData("""{"questions":[{"name":"a"},{"name":"a..b"}]}""", "/questions/1/name", "the name has an empty label")]
    [InlineData("""{"questions":[null]}""", "/questions/0/name", "the name is empty")]
    [InlineData(
        """{"questions":[{"name":"a","type":"X"}]}""", "/questions/0/type",
        "'X' is no record type: a mnemonic such as AAAA, TYPE65, or a number from 1 to 65535")]
    [InlineData(
        """{"questions":[{"name":"a","ns":"b","pod":"b/c"}]}""", "/questions/0/ns",
        "a pod names its namespace itself, as in namespace/name")]
    [InlineData("""{"questions":[{"name":"a","pod":"b"}]}""", "/questions/0/pod", "a namespace and a pod, as in namespace/name")]
    [InlineData("""{"questions":[{"name":"a","q":1}]}""", "/questions/0/q", "a question has no member 'q'")]
    public async Task Bad_list_is_refused_with_the_place(string body, string pointer, string detail)
    {
        await using InspectHost host = await InspectHost.StartAsync(compare: Two);

        InspectReply reply = await host.PostAsync("/api/v1/compare", body, "*/*");

        Assert.Equal((400, "bad-body"), (reply.Status, reply.Problem));
        var error = Assert.Single(reply.Json.GetProperty("errors").EnumerateArray());
        Assert.Equal((pointer, detail), (error.GetProperty("pointer").GetString(), error.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task List_has_a_size_and_a_media_type()
    {
        await using InspectHost host = await InspectHost.StartAsync(compare: Two);
        string many = $$"""{"server":"127.0.0.1:1","questions":[{{string.Join(',', Enumerable.Repeat("""{"name":"a."}""", 1001))}}]}""";

        Assert.Equal(400, (await host.PostAsync("/api/v1/compare", many, "*/*")).Status);
        Assert.Equal(413, (await host.PostAsync("/api/v1/compare", new string(' ', (1024 * 1024) + 1), "*/*")).Status);
        Assert.Equal(415, (await host.PostAsync("/api/v1/compare", many, "*/*", "text/plain")).Status);
    }
}
