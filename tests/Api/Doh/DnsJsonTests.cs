using System.Text.Json;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Tests.Api.Doh;

/// <summary>The JSON shape, how it is asked for, and how fresh replies are.</summary>
public sealed class DnsJsonTests(DohServer server) : IClassFixture<DohServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("name=web.example",
        """{"Status":0,"TC":false,"RD":true,"RA":true,"AD":false,"CD":false,"Question":[{"name":"web.example.","type":1}],"Answer":[{"name":"web.example.","type":1,"TTL":30,"data":"192.0.2.1"},{"name":"web.example.","type":1,"TTL":60,"data":"192.0.2.2"}],"Comment":"Response from entries."}""")]
    [InlineData("name=gone.example.&cd=1&type=aaaa",
        """{"Status":3,"TC":false,"RD":true,"RA":true,"AD":false,"CD":true,"Question":[{"name":"gone.example.","type":28}],"Authority":[{"name":"example.","type":6,"TTL":90,"data":"ns.example. root.example. 1 7200 1800 86400 60"}],"Comment":"Response from cluster."}""")]
    [InlineData("name=fails.example",
        """{"Status":2,"TC":false,"RD":true,"RA":true,"AD":false,"CD":false,"Question":[{"name":"fails.example.","type":1}],"Comment":"Response from forward: no upstream answered (EDE 22)."}""")]
    [InlineData("name=web.example&type=TXT",
        """{"Status":0,"TC":false,"RD":true,"RA":true,"AD":false,"CD":false,"Question":[{"name":"web.example.","type":16}],"Answer":[{"name":"web.example.","type":16,"TTL":5,"data":"\"v=spf1 \\\"x\\\"\" \"two\""}],"Comment":"Response from entries."}""")]
    [InlineData("name=alias.example&type=A,AAAA",
        """{"Status":0,"TC":false,"RD":true,"RA":true,"AD":false,"CD":false,"Question":[{"name":"alias.example.","type":1},{"name":"alias.example.","type":28}],"Answer":[{"name":"alias.example.","type":5,"TTL":40,"data":"target.example."},{"name":"target.example.","type":1,"TTL":300,"data":"192.0.2.9"},{"name":"target.example.","type":28,"TTL":300,"data":"2001:db8::9"}],"Additional":[{"name":"target.example.","type":16,"TTL":1,"data":"\"extra\""}],"Comment":"Response from entries."}""")]
    [InlineData("name=web.example&type=A&type=28",
        """{"Status":0,"TC":false,"RD":true,"RA":true,"AD":false,"CD":false,"Question":[{"name":"web.example.","type":1},{"name":"web.example.","type":28}],"Answer":[{"name":"web.example.","type":1,"TTL":30,"data":"192.0.2.1"},{"name":"web.example.","type":1,"TTL":60,"data":"192.0.2.2"},{"name":"web.example.","type":28,"TTL":20,"data":"2001:db8::1"}],"Comment":"Response from entries. Response from cluster."}""")]
    public async Task Document_has_the_fields_of_google_and_cloudflare(string query, string expected) =>
        Assert.Equal(expected, await server.Client("1.1").GetStringAsync($"/dns-query?{query}", Stop));

    [Theory]
    [InlineData("A,NS", 0)]
    [InlineData("NS,A", 0)]
    [InlineData("NS,MX", 2)]
    [InlineData("A,MX", 2)]
    [InlineData("NS", 3)]
    [InlineData("SRV,NS", 0)]
    public async Task Status_of_several_types_is_the_first_failure_else_noerror(string types, int status)
    {
        using JsonDocument reply = await GetAsync($"/dns-query?name=web.example&type={types}");
        Assert.Equal(status, reply.RootElement.GetProperty("Status").GetInt32());
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("A", 1)]
    [InlineData("65280", 65280)]
    [InlineData("type65280", 65280)]
    [InlineData("255", 255)]
    public async Task Type_is_a_number_or_a_mnemonic(string type, int number)
    {
        using JsonDocument reply = await GetAsync("/resolve?name=web.example" + (type.Length == 0 ? "" : $"&type={type}"));
        Assert.Equal(number, reply.RootElement.GetProperty("Question")[0].GetProperty("type").GetInt32());
    }

    [Theory]
    [InlineData("WEB.Example", "WEB.Example.")]
    [InlineData("b%C3%BCcher.example", "xn--bcher-kva.example.")]
    [InlineData("a%5C.b.example", "a\\.b.example.")]
    [InlineData(".", ".")]
    public async Task Name_is_read_with_escapes_and_in_unicode(string name, string shown)
    {
        using JsonDocument reply = await GetAsync($"/dns-query?name={name}");
        Assert.Equal(shown, reply.RootElement.GetProperty("Question")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Long_data_is_written_whole()
    {
        using JsonDocument reply = await GetAsync("/dns-query?name=huge.example&type=TXT");
        string data = reply.RootElement.GetProperty("Answer")[0].GetProperty("data").GetString()!;
        Assert.Equal(240, data.Count(c => c == '"') / 2);
        Assert.Equal(240 * 249, data.Split("\\000").Length - 1);
    }

    [Theory]
    [InlineData("name=", "name")]
    [InlineData("name=a..b", "name")]
    [InlineData("name=.a", "name")]
    [InlineData("name=a&name=b", "name")]
    [InlineData("name=a&type=", "type")]
    [InlineData("name=a&type=0", "type")]
    [InlineData("name=a&type=65536", "type")]
    [InlineData("name=a&type=NOPE", "type")]
    [InlineData("name=a&type=A,", "type")]
    [InlineData("name=a&type=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "type")]
    [InlineData("name=a&type=A,AAAA&ct=application/dns-message", "type")]
    [InlineData("name=a&cd=2", "cd")]
    [InlineData("name=a&do=yes", "do")]
    [InlineData("name=a&do&do", "do")]
    [InlineData("name=a&ct=text/html", "ct")]
    [InlineData("name=a&edns_client_subnet=192.0.2.0/33", "edns_client_subnet")]
    [InlineData("name=a&edns_client_subnet=", "edns_client_subnet")]
    [InlineData("name=a&edns_client_subnet=here", "edns_client_subnet")]
    [InlineData("name=a&ns=shop&ns=shop", "ns")]
    [InlineData("name=a&search=1", "search")]
    [InlineData("name=a&search=", "search")]
    [InlineData("name=a&search=a.example,,b", "search")]
    [InlineData("name=a&search=2", null)]
    [InlineData("name=a&ndots=16", "ndots")]
    [InlineData("name=a&ndots=-1", "ndots")]
    [InlineData("name=a&ndots=", "ndots")]
    [InlineData("name=a&pod=shop/web-0", null)]
    [InlineData("name=a&pod=shop", "pod")]
    [InlineData("name=a&pod=shop/", "pod")]
    [InlineData("name=a&pod=/web-0", "pod")]
    [InlineData("name=a&pod=", "pod")]
    [InlineData("name=a&pod=shop/web-0&ns=shop", "pod")]
    [InlineData("name=a&pod=shop/web-0&pod=shop/web-0", "pod")]
    [InlineData("name=a&random_padding=x&random_padding=y&unknown=1&unknown=2", null)]
    public async Task Bad_parameter_is_a_problem_that_names_it(string query, string? parameter)
    {
        using HttpResponseMessage response = await server.Client("1.1").GetAsync($"/dns-query?{query}", Stop);
        Assert.Equal(parameter is null ? 200 : 400, (int)response.StatusCode);
        if (parameter is null) return;
        using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop));
        Assert.StartsWith(parameter + ": ", problem.RootElement.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("name=web.example", "", "application/json; charset=utf-8")]
    [InlineData("name=web.example", "*/*", "application/json; charset=utf-8")]
    [InlineData("name=web.example", "text/html", "application/json; charset=utf-8")]
    [InlineData("name=web.example", "application/dns-json", "application/dns-json")]
    [InlineData("name=web.example", "text/html, Application/DNS-JSON;q=0.5", "application/dns-json")]
    [InlineData("name=web.example", "application/dns-message", "application/dns-message")]
    [InlineData("name=web.example", "application/dns-message, */*;q=0.1", "application/json; charset=utf-8")]
    [InlineData("name=web.example&ct=application/dns-json", "application/dns-message", "application/dns-json")]
    [InlineData("name=web.example&ct=application/dns-message", "application/dns-json", "application/dns-message")]
    [InlineData("name=web.example&ct=application/x-javascript", "", "application/json; charset=utf-8")]
    [InlineData("dns=EjQBAAABAAAAAAAAA3dlYgdleGFtcGxlAAABAAE", "application/dns-json", "application/dns-message")]
    [InlineData("dns=EjQBAAABAAAAAAAAA3dlYgdleGFtcGxlAAABAAE", "text/html", "application/dns-message")]
    public async Task Media_type_follows_the_parameter_then_accept(string query, string accept, string expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/dns-query?{query}");
        if (accept.Length > 0) request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage response = await server.Client("1.1").SendAsync(request, Stop);
        Assert.Equal(expected, response.Content.Headers.ContentType?.ToString());
        Assert.Equal(query.StartsWith("name", StringComparison.Ordinal) ? "Accept" : "", string.Join(", ", response.Headers.Vary));
    }

    [Theory]
    [InlineData("web.example", "A", "max-age=30")]
    [InlineData("alias.example", "A", "max-age=40")]
    [InlineData("long.example", "A", "max-age=86400")]
    [InlineData("zero.example", "A", "max-age=0")]
    [InlineData("web.example", "SRV", "max-age=20")]
    [InlineData("gone.example", "A", "max-age=60")]
    [InlineData("refused.example", "A", "no-store")]
    [InlineData("fails.example", "A", "no-store")]
    [InlineData("throws.example", "A", "no-store")]
    [InlineData("web.example", "A,AAAA", "max-age=20")]
    [InlineData("web.example", "A,MX,AAAA", "no-store")]
    public async Task Freshness_is_that_of_the_shortest_lived_record(string name, string type, string expected)
    {
        string format = type.Contains(',') ? "application/json" : "application/dns-message";
        foreach (string path in (string[])["/dns-query", "/dns-query/ns/shop"])
        {
            using HttpResponseMessage response = await server.Client("1.1").GetAsync($"{path}?name={name}.&type={type}&ct={format}", Stop);
            Assert.Equal(expected, response.Headers.CacheControl?.ToString());
        }
    }

    [Theory]
    [InlineData("/dns-query?name=web", null, "", 1)]
    [InlineData("/dns-query/ns/shop?name=web", "shop", "shop.svc.cluster.local. svc.cluster.local. cluster.local.", 5)]
    [InlineData("/dns-query?name=web&ns=shop&search=1", "shop", "shop.svc.cluster.local. svc.cluster.local. cluster.local.", 5)]
    [InlineData("/dns-query?name=web.&ns=shop", "shop", "", 5)]
    [InlineData("/dns-query?name=web&ns=shop&search=0", "shop", "", 5)]
    [InlineData("/dns-query?name=web&ns=shop&ndots=0", "shop", "shop.svc.cluster.local. svc.cluster.local. cluster.local.", 0)]
    [InlineData("/dns-query?name=web&pod=shop/web-0", "shop", "shop.svc.cluster.local. svc.cluster.local. cluster.local.", 2)]
    [InlineData("/dns-query/pod/shop/web-0?name=web", "shop", "shop.svc.cluster.local. svc.cluster.local. cluster.local.", 2)]
    [InlineData("/dns-query/pod/shop/web-0?name=web&search=0&ndots=3", "shop", "", 3)]
    [InlineData("/resolve?name=web&pod=shop/web-0", "shop", "shop.svc.cluster.local. svc.cluster.local. cluster.local.", 2)]
    [InlineData("/dns-query?name=web&search=A.example,b.example.&ndots=15", null, "a.example. b.example.", 15)]
    [InlineData("/resolve?name=web&ns=shop", "shop", "shop.svc.cluster.local. svc.cluster.local. cluster.local.", 5)]
    public async Task View_is_the_one_that_the_caller_names(string target, string? name, string searchList, int ndots)
    {
        using HttpResponseMessage response = await server.Client("1.1").GetAsync(target, Stop);
        ClientView view = server.Resolver.LastView;
        Assert.Equal(
            (200, name, searchList, ndots), ((int)response.StatusCode, view.Namespace, string.Join(' ', view.SearchList), view.Ndots));
    }

    private async Task<JsonDocument> GetAsync(string target) => JsonDocument.Parse(await server.Client("1.1").GetStringAsync(target, Stop));
}
