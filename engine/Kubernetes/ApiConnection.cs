using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>Who we are to an API server, and which server we take for it.</summary>
internal sealed record ApiCredentials
{
    /// <summary>The Authorization header of the next request; null for none.</summary>
    public Func<CancellationToken, Task<AuthenticationHeaderValue>>? Token { get; init; }

    /// <summary>The only authorities that are trusted; null for the system's.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    public X509Certificate2? Certificate { get; init; }

    /// <summary>Takes any certificate for the server's (a kubeconfig's <c>insecure-skip-tls-verify</c>).</summary>
    public bool AnyServer { get; init; }

    /// <summary>The name that the server's certificate must have, where it is not that of the URL.</summary>
    public string? ServerName { get; init; }
}

/// <summary>
/// Requests to one API server, over HTTP/2 where it speaks it. The TLS check is our own: the client package's takes every
/// certificate of the cluster's authority for the server's, whatever name it has.
/// </summary>
internal sealed class ApiConnection : IDisposable
{
    private readonly HttpClient _client;
    private readonly ApiCredentials _credentials;

    public ApiConnection(Uri server, ApiCredentials credentials)
    {
        _credentials = credentials;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !server.IsLoopback,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            EnableMultipleHttp2Connections = true,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            SslOptions = TlsOf(credentials),
        };
        // An API server may stand behind a path, which then ends in a slash.
        string root = server.GetLeftPart(UriPartial.Path);
        _client = new HttpClient(handler)
        {
            BaseAddress = new Uri(root.EndsWith('/') ? root : root + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("kubedoh", null));
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    /// <inheritdoc cref="SendAsync"/>
    public Task<HttpResponseMessage> GetAsync(string target, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, target, null, cancellationToken);

    /// <summary>Asks, and returns when the reply's headers are there.</summary>
    /// <param name="target">Path and query, without a slash in front.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string target, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(target, UriKind.Relative))
        {
            Content = content,
            Version = _client.DefaultRequestVersion,
            VersionPolicy = _client.DefaultVersionPolicy,
        };
        // The handler checks the certificate against this name, where there is one, in the stead of the URL's.
        if (_credentials.ServerName is { Length: > 0 } name) request.Headers.Host = name;
        if (_credentials.Token is { } token) request.Headers.Authorization = await token(cancellationToken).ConfigureAwait(false);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _client.Dispose();

    private static SslClientAuthenticationOptions TlsOf(ApiCredentials credentials)
    {
        var options = new SslClientAuthenticationOptions();
        if (credentials.Certificate is { } certificate)
        {
            options.ClientCertificates = [certificate];
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        if (credentials.AnyServer)
        {
#pragma warning disable CA5359 // The operator's kubeconfig says so.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (credentials.Authorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }
}
