using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Operation;

/// <summary>Somebody who asks one server question after question over one transport, and keeps what connection it keeps.</summary>
internal abstract class Asker : IDisposable
{
    /// <summary>The reply to a DNS message, as bytes.</summary>
    public abstract Task<byte[]> AskAsync(byte[] question, CancellationToken cancellationToken);

    public abstract void Dispose();
}

/// <summary>Who there is, by name: one for each worker and each server.</summary>
internal sealed record Transport(string Name, Func<ServerProcess, Trusted, Asker> Connect)
{
    /// <summary>As many are asked: fewer where each costs a handshake.</summary>
    public int Questions { get; init; } = 100_000;
}

/// <summary>The certificates that may be shown, and those that were.</summary>
internal sealed class Trusted(IReadOnlyList<string> fingerprints)
{
    private readonly HashSet<string> _shown = [];

    public IReadOnlyCollection<string> Shown
    {
        get { lock (_shown) return [.. _shown]; }
    }

    public bool Admits(System.Security.Cryptography.X509Certificates.X509Certificate? certificate)
    {
        string hash = certificate!.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);
        lock (_shown) _shown.Add(hash);
        return fingerprints.Contains(hash);
    }
}

/// <summary>DNS over HTTPS.</summary>
/// <param name="stays">False opens a connection for each question.</param>
internal sealed class HttpsAsker(string address, Version version, bool stays, Trusted trusted) : Asker
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => trusted.Admits(shown) },
        PooledConnectionLifetime = stays ? Timeout.InfiniteTimeSpan : TimeSpan.Zero,
        UseCookies = false,
        UseProxy = false,
    })
    {
        BaseAddress = new Uri(address),
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromSeconds(60),
    };

    public override async Task<byte[]> AskAsync(byte[] question, CancellationToken cancellationToken)
    {
        using var body = new ByteArrayContent(question);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/dns-message");
        using HttpResponseMessage response = await _client.PostAsync("/dns-query", body, cancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public override void Dispose() => _client.Dispose();
}

/// <summary>A question, and what its right answer has.</summary>
internal sealed record Expected(string Name, Rcode Rcode, bool HasRecords)
{
    /// <summary>Null where the reply is right.</summary>
    public string? WhatIsWrongWith(ReadOnlySpan<byte> reply)
    {
        if (reply.Length < MessageHeader.Size) return $"{Name}: {reply.Length} octets";
        var header = MessageHeader.Read(reply);
        bool right = header.Rcode == Rcode && header.AnswerCount > 0 == HasRecords && header.Has(MessageHeader.Response);
        return right ? null : $"{Name}: {RcodeText.Write(header.Rcode)} with {header.AnswerCount} records";
    }
}
