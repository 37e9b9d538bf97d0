using System.Net;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Api.Queries;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Tests.Api.Doh;

/// <summary>
/// The DNS paths on a real Kestrel on loopback, http and https, over <see cref="ScriptedResolver"/> and <see cref="ScriptedViews"/>.
/// </summary>
public class DohServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kubedoh").FullName;
    private readonly List<HttpClient> _clients = [];
    private WebApplication _app = null!;

    internal string Http { get; private set; } = "";

    internal string Https { get; private set; } = "";

    internal ScriptedResolver Resolver { get; } = new();

    /// <summary>What answers.</summary>
    private protected virtual IResolver Answering => Resolver;

    /// <summary>Speaks exactly this HTTP version: 1.1 in the clear, 2 over TLS.</summary>
    internal HttpClient Client(string version) => _clients.Find(client => client.DefaultRequestVersion == Version.Parse(version))!;

    public async ValueTask InitializeAsync()
    {
        using CertificateSource certificates = CertificateSource.TryOpen(
            new ListenOptions(), _folder, TimeProvider.System, NullLogger<CertificateSource>.Instance, out string? error)!;
        Assert.Null(error);
        ServerCertificate certificate = certificates.Current;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var listen = new ListenOptions { Http = [new("127.0.0.1", 0)], Https = [new("127.0.0.1", 0)] };
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => KestrelSetup.Apply(kestrel, listen, certificates));
        builder.Services.AddRoutingCore().AddLogging();
        builder.Services.AddSingleton(TimeProvider.System)
            .AddSingleton<QueryReport>().AddSingleton<QueryWatch>().AddSingleton(new QueriesOptions()).AddSingleton(new QueryMeters([]));
        builder.Services.AddSingleton(new Derived<QueryLog>(new QueryLog(new QueryLogOptions(), NullLogger<QueryLog>.Instance)));
        builder.Services.AddSingleton(Answering).AddSingleton<IClientViews, ScriptedViews>();
        _app = builder.Build();
        _app.UseDohAheadOfRouting();
        _app.UseRouting();
        _app.MapDoh();
        _app.Map("/bare", Bare);
        await _app.StartAsync();
        ICollection<string> addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Http = addresses.First(address => address.StartsWith("http:", StringComparison.Ordinal));
        Https = addresses.First(address => address.StartsWith("https:", StringComparison.Ordinal));
        _clients.Add(NewClient(Http, HttpVersion.Version11, certificate));
        _clients.Add(NewClient(Https, HttpVersion.Version20, certificate));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (HttpClient client in _clients) client.Dispose();
        await _app.DisposeAsync();
        GC.SuppressFinalize(this);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What a reply costs at the least: the same headers and as many bytes as the reply to web.example A.</summary>
    private static Task Bare(HttpContext context)
    {
        context.Response.ContentType = "application/dns-message";
        context.Response.Headers.CacheControl = "max-age=30";
        context.Response.ContentLength = 61;
        context.Response.BodyWriter.GetSpan(61)[..61].Clear();
        context.Response.BodyWriter.Advance(61);
        return Task.CompletedTask;
    }

    private static HttpClient NewClient(string address, Version version, ServerCertificate certificate) => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.Equals(certificate.Leaf) },
        UseCookies = false,
    })
    {
        BaseAddress = new Uri(address),
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
