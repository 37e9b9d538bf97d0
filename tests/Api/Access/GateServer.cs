using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Tests.Api.Doh;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace KubeDoH.Tests.Api.Access;

/// <summary>The DNS paths behind the gate on a Kestrel of their own, in the order in which the program puts them.</summary>
internal sealed class GateServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GateServer(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public static async Task<GateServer> StartAsync(
        QueryOptions query, TimeProvider time, Callers? callers = null, params Network[] proxies)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore().AddLogging().AddSingleton(time);
        builder.Services.AddSingleton<IResolver, ScriptedResolver>().AddSingleton<IClientViews, ScriptedViews>();
        WebApplication app = builder.Build();
        app.UseProxies(proxies);
        app.UseQueryGate(query, new Derived<Callers>(callers ?? TestAccess.Callers()));
        app.UseDohAheadOfRouting();
        app.UseRouting();
        app.MapDoh();
        app.Map("/address", (HttpContext context) => $"{Callers.AddressOf(context)} {context.Request.Scheme}");
        await app.StartAsync();
        return new GateServer(app);
    }

    public async Task<HttpResponseMessage> AskAsync(
        string path = "/dns-query?name=web.example", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
