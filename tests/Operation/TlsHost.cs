using System.Net;
using System.Security.Cryptography.X509Certificates;
using KubeDoH.Api.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace KubeDoH.Tests.Operation;

/// <summary>Kestrel as the program sets it up, over TLS alone, answering anything.</summary>
internal sealed class TlsHost(WebApplication app, CertificateSource certificates) : IAsyncDisposable
{
    public static async Task<TlsHost> StartAsync(CertificateSource certificates)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var listen = new ListenOptions { Http = [], Https = [new("127.0.0.1", 0)] };
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => KestrelSetup.Apply(kestrel, listen, certificates));
        builder.Services.AddLogging();
        WebApplication app = builder.Build();
        app.Run(_ => Task.CompletedTask);
        await app.StartAsync();
        return new TlsHost(app, certificates);
    }

    /// <summary>On a connection of its own; null where there was none.</summary>
    public async Task<HttpStatusCode?> AskAsync(X509Certificate2? certificate)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.Equals(certificates.Current.Leaf);
        if (certificate is not null) handler.SslOptions.ClientCertificates = [certificate];
        if (certificate is not null) handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        using var client = new HttpClient(handler);
        try
        {
            using HttpResponseMessage response = await client.GetAsync(app.Urls.Single(), TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        certificates.Dispose();
    }
}
