using System.Net;
using System.Text.Json;
using KubeDoH.Api.Hosting;
using KubeDoH.Tests.Api.Entries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reply = KubeDoH.Tests.Api.Entries.Reply;

namespace KubeDoH.Tests.Api.Hosting;

/// <summary>Refusals that no endpoint wrote, and exceptions that none caught.</summary>
public sealed class ApiErrorsTests
{
    private const string Secret = "the inside of the server";

    [Theory]
    [InlineData("GET", "/nowhere", 404, "not-found")]
    [InlineData("GET", "/api/v1/nowhere", 404, "not-found")]
    [InlineData("POST", "/api/v1/entries/a.example/A", 405, "method-not-allowed")]
    [InlineData("PATCH", "/api/v1/entries/a.example", 405, "method-not-allowed")]
    [InlineData("PUT", "/api/v1/entries/./A", 405, "method-not-allowed")]
    public async Task Request_that_no_endpoint_takes_gets_a_problem(string method, string path, int status, string type)
    {
        await using EntryHost host = await EntryHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        JsonElement problem = await ReadAsync(response, status);
        Assert.Equal($"/problems/{type}", problem.GetProperty("type").GetString());
        Assert.Equal(status == 405, response.Content.Headers.Allow.Count > 0);
    }

    [Fact]
    public async Task Body_of_another_media_type_gets_a_problem()
    {
        await using EntryHost host = await EntryHost.StartAsync();
        Reply reply = await host.SendAsync("PUT", "/a.example/A", "{}", ("Content-Type", "text/plain"));
        Assert.Equal((415, "media-type"), (reply.Status, reply.Problem));
    }

    [Theory]
    [InlineData("/throws", 500, "internal-error")]
    [InlineData("/throws-later", 500, "internal-error")]
    [InlineData("/throws-with-headers", 500, "internal-error")]
    [InlineData("/too-large", 413, "bad-request")]
    public async Task Exception_that_nobody_caught_becomes_a_problem_without_its_words(string path, int status, string type)
    {
        var log = new ConcurrentLog();
        await using WebApplication app = await StartAsync(log);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        JsonElement problem = await ReadAsync(response, status);
        Assert.Equal($"/problems/{type}", problem.GetProperty("type").GetString());
        Assert.DoesNotContain(Secret, problem.ToString(), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("X-Half-Done"));
        if (status == 500)
            Assert.Contains(problem.GetProperty("instance").GetString()!, Assert.Single(log.Lines), StringComparison.Ordinal);
        else Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task Exception_behind_the_first_octets_cuts_the_response_off()
    {
        var log = new ConcurrentLog();
        await using WebApplication app = await StartAsync(log);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => client.GetStringAsync(new Uri("/started", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Contains("/started", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, int status)
    {
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal(ApiProblems.MediaType, response.Content.Headers.ContentType?.MediaType);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        JsonElement problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return problem;
    }

    private static async Task<WebApplication> StartAsync(ConcurrentLog log)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        WebApplication app = builder.Build();
        app.Use(new ApiErrors(log).InvokeAsync);
        app.UseRouting();
        app.Map("/throws", (RequestDelegate)(_ => throw new InvalidOperationException(Secret)));
        app.Map("/throws-later", async (HttpContext _) =>
        {
            await Task.Yield();
            throw new InvalidOperationException(Secret);
        });
        app.Map("/throws-with-headers", (RequestDelegate)(context =>
        {
            context.Response.Headers["X-Half-Done"] = "yes";
            throw new InvalidOperationException(Secret);
        }));
        app.Map("/too-large", (RequestDelegate)(_ => throw new BadHttpRequestException(Secret, StatusCodes.Status413PayloadTooLarge)));
        app.Map("/started", (RequestDelegate)(async context =>
        {
            await context.Response.WriteAsync("half an ans");
            await context.Response.Body.FlushAsync();
            throw new InvalidOperationException(Secret);
        }));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    /// <summary>What was logged, a line each.</summary>
    private sealed class ConcurrentLog : ILogger<ApiErrors>
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(formatter(state, exception));
    }
}
