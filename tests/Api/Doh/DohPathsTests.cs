namespace KubeDoH.Tests.Api.Doh;

/// <summary>The path is answered ahead of the routing; spelled otherwise, by its route.</summary>
public class DohPathsTests(DohServer server) : IClassFixture<DohServer>
{
    [Theory]
    [InlineData("/DNS-Query", "1.1")]
    [InlineData("/dns-query/", "1.1")]
    [InlineData("/dns%2Dquery", "1.1")]
    [InlineData("/DNS-Query", "2.0")]
    [InlineData("/dns-query/", "2.0")]
    public async Task Path_spelled_otherwise_is_answered_the_same(string path, string version)
    {
        HttpClient client = server.Client(version);
        using HttpResponseMessage plain = await client.GetAsync(Target("/dns-query"), TestContext.Current.CancellationToken);
        using HttpResponseMessage other = await client.GetAsync(Target(path), TestContext.Current.CancellationToken);

        Assert.Equal(200, (int)plain.StatusCode);
        Assert.Equal(plain.StatusCode, other.StatusCode);
        Assert.Equal(plain.Headers.CacheControl, other.Headers.CacheControl);
        Assert.Equal(await BodyAsync(plain), await BodyAsync(other));
    }

    [Fact]
    public async Task Path_below_it_is_nobodys()
    {
        using HttpResponseMessage reply = await server.Client("1.1")
            .GetAsync(Target("/dns-query/x"), TestContext.Current.CancellationToken);
        Assert.Equal(404, (int)reply.StatusCode);
    }

    private static Uri Target(string path) => new($"{path}?dns={Messages.Encode(Messages.Question("web.example"))}", UriKind.Relative);

    private static Task<byte[]> BodyAsync(HttpResponseMessage reply) =>
        reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
}
