using System.Net.Security;
using System.Security.Authentication;
using KubeDoH.Engine.Files;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// The certificate of https as it is now. Configured files are read again when they change: new connections get what they say then, and
/// those that are open stay. Files that do not belong together, as while they are being written, leave the certificate before them in
/// use. A certificate that was made here is made anew before it ends.
/// </summary>
internal sealed partial class CertificateSource : BackgroundService
{
    /// <summary>Often enough for the weeks that a made certificate is renewed ahead of its end.</summary>
    private static readonly TimeSpan BetweenRenewals = TimeSpan.FromHours(1);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);

    private readonly ListenOptions _listen;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger<CertificateSource> _logger;
    private readonly WatchedFiles _files;
    private volatile Served _served;

    private CertificateSource(ListenOptions listen, string folder, Served served, TimeProvider time, ILogger<CertificateSource> logger)
    {
        (_listen, _folder, _served, _time, _logger) = (listen, folder, served, time, logger);
        string?[] paths = [listen.Certificate, listen.CertificateKey, listen.ClientCa];
        _files = new WatchedFiles([.. paths.OfType<string>().Distinct()], [], time);
        _files.TryReadChanged(out _);
    }

    /// <summary>What is shown to new connections.</summary>
    public ServerCertificate Current => _served.Certificate;

    /// <summary>The certificate that <paramref name="listen"/> asks for; null with a sentence.</summary>
    /// <param name="folder">Where a made certificate is kept.</param>
    public static CertificateSource? TryOpen(
        ListenOptions listen, string folder, TimeProvider time, ILogger<CertificateSource> logger, out string? error)
    {
        error = null;
        try
        {
            return new CertificateSource(listen, folder, Read(listen, folder, time), time, logger);
        }
        catch (CertificateException e)
        {
            error = e.Message;
            return null;
        }
    }

    /// <summary>How a new connection is answered. The certificate's context is shared, so that sessions can be resumed.</summary>
    /// <param name="protocols">What ALPN may choose from (RFC 7301).</param>
    public SslServerAuthenticationOptions ForConnection(params IEnumerable<SslApplicationProtocol> protocols)
    {
        Served served = _served;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = served.Context.Value,
            ApplicationProtocols = [.. protocols],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        served.Clients?.Apply(options);
        return options;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(
            _listen.Certificate is null && _listen.ClientCa is null ? BetweenRenewals : BetweenLooks, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>
    /// Takes what the files say now, if they have changed, or a new certificate in the place of a made one that ends soon.
    /// </summary>
    internal void Look()
    {
        bool changed = _files.TryReadChanged(out _);
        bool ends = _listen.Certificate is null && Certificates.EndsSoon(Current, _time.GetUtcNow());
        if (!changed && !ends) return;
        try
        {
            Served next = Read(_listen, _folder, _time);
            _ = next.Context.Value;
            string before = Current.Fingerprint;
            _served = next;
            string after = next.Certificate.Fingerprint;
            DateTime until = next.Certificate.Leaf.NotAfter.ToUniversalTime();
            if (after != before) Log.Replaced(_logger, after, until);
        }
        catch (CertificateException e)
        {
            Log.Kept(_logger, e.Message);
        }
    }

    private static Served Read(ListenOptions listen, string folder, TimeProvider time)
    {
        ServerCertificate certificate = listen.Certificate is { } path
            ? Certificates.Read(path, listen.CertificateKey ?? path)
            : Certificates.ReadOrMake(folder, Environment.MachineName, time.GetUtcNow());
        // It reads every root that the system trusts, which takes half as long as the whole start: the first TLS connection waits for it.
        var context = new Lazy<SslStreamCertificateContext>(
            () => SslStreamCertificateContext.Create(certificate.Leaf, certificate.SelfMade ? null : certificate.Chain, offline: true));
        return new Served(certificate, context, listen.ClientCa is { } ca ? ClientTrust.Read(ca, listen.ClientCertificates) : null);
    }

    /// <summary>What belongs together and changes together.</summary>
    private sealed record Served(ServerCertificate Certificate, Lazy<SslStreamCertificateContext> Context, ClientTrust? Clients);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Certificate: a new one is in use, SHA-256 {Fingerprint}, until {Until:u}")]
        public static partial void Replaced(ILogger logger, string fingerprint, DateTime until);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Certificate: {Problem}; the one before stays in use")]
        public static partial void Kept(ILogger logger, string problem);
    }
}
