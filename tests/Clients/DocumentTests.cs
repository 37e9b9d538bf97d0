using System.Net;
using System.Net.Http.Headers;
using KubeDoH.Api.Hosting;

namespace KubeDoH.Tests.Clients;

/// <summary>Every build of the program serves the repository's document.</summary>
public class DocumentTests(Playground playground) : IClassFixture<Playground>
{
    [Fact]
    public async Task Document_is_served_as_it_is_in_the_repository()
    {
        using var client = new HttpClient { BaseAddress = new Uri(playground.Server.Http) };
        using HttpResponseMessage reply = await client.GetAsync("/openapi/v1.yaml", TestContext.Current.CancellationToken);
        byte[] body = await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.yaml");
        again.Headers.IfNoneMatch.Add(reply.Headers.ETag ?? EntityTagHeaderValue.Any);
        using HttpResponseMessage second = await client.SendAsync(again, TestContext.Current.CancellationToken);

        Assert.Equal("application/yaml", reply.Content.Headers.ContentType?.ToString());
        Assert.Equal(await File.ReadAllBytesAsync(Repository.PathOf("openapi.yaml"), TestContext.Current.CancellationToken), body);
        Assert.NotNull(reply.Headers.ETag);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    /// <summary>
    /// The page shows what the running program makes of its routes, which is the same document; a published build leaves both out.
    /// </summary>
    [Fact]
    public async Task Page_shows_the_document()
    {
        using var client = new HttpClient { BaseAddress = new Uri(playground.Server.Http) };
        CancellationToken ct = TestContext.Current.CancellationToken;
        using HttpResponseMessage page = await client.GetAsync("/swagger", ct);
        using HttpResponseMessage shown = await client.GetAsync(ApiDocument.MadePath, ct);
        HttpStatusCode expected = ServerProcess.IsPublished ? HttpStatusCode.NotFound : HttpStatusCode.OK;

        Assert.Equal((expected, expected), (page.StatusCode, shown.StatusCode));
        if (ServerProcess.IsPublished) return;
        Assert.Contains("swagger-ui", await page.Content.ReadAsStringAsync(ct), StringComparison.Ordinal);
        Assert.Contains(ApiDocument.MadePath, await client.GetStringAsync("/swagger/index.js", ct), StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllTextAsync(Repository.PathOf("openapi.yaml"), ct), await shown.Content.ReadAsStringAsync(ct));
    }
}
