using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// DNS over HTTPS (RFC 8484): POST over HTTP/2, many questions on one connection. Connections go to the address configured, and
/// certificates are for the name configured: nothing has to be resolved. Redirects, proxies and cookies are not followed, used or kept.
/// </summary>
internal sealed class HttpsExchange(ServerTrust trust) : IDisposable
{
    private static readonly MediaTypeHeaderValue Message = new("application/dns-message");
    private static readonly MediaTypeWithQualityHeaderValue Accepted = new("application/dns-message");
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(60), OpeningTime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<UpstreamServer, Lazy<HttpServer>> _servers = new();

    /// <summary>The reply; malformed when what came is none to the question. HTTP errors are exceptions.</summary>
    public async ValueTask<UpstreamReply> AskAsync(
        UpstreamServer server, UpstreamQuestion question, bool edns, CancellationToken cancellationToken)
    {
        HttpServer http = _servers.GetOrAdd(server, key => new Lazy<HttpServer>(() => Create(key))).Value;
        byte[] message = new byte[UpstreamQuestion.MaxSize];
        int length = question.Write(message, id: 0, edns);
        using var content = new ByteArrayContent(message, 0, length);
        content.Headers.ContentType = Message;
        using var request = new HttpRequestMessage(HttpMethod.Post, http.Uri);
        request.Content = content;
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.Headers.Accept.Add(Accepted);
        using HttpResponseMessage response = await http.Client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK) throw new HttpRequestException($"HTTP status {(int)response.StatusCode}");
        if (!string.Equals(response.Content.Headers.ContentType?.MediaType, Message.MediaType, StringComparison.OrdinalIgnoreCase))
            return new UpstreamReply(UpstreamFailure.Malformed);
        byte[] reply = await ReadAsync(response.Content, cancellationToken).ConfigureAwait(false);
        return UpstreamReply.Of(QuestionMessage.Match(reply, message.AsSpan(0, length), question, edns) == ReplyMatch.Exact ? reply : []);
    }

    public void Dispose()
    {
        foreach (Lazy<HttpServer> server in _servers.Values) server.Value.Client.Dispose();
    }

    /// <summary>The body; empty when it is longer than a message can be.</summary>
    private static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        Stream body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            int expected = (int)Math.Clamp(content.Headers.ContentLength ?? 1232, 0, ushort.MaxValue);
            byte[] buffer = new byte[expected + 1];
            int length = 0;
            while (true)
            {
                int read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
                if (read == 0) return length == buffer.Length ? buffer : buffer[..length];
                length += read;
                if (length > ushort.MaxValue) return [];
                if (length == buffer.Length) Array.Resize(ref buffer, Math.Min(2 * length, ushort.MaxValue + 1));
            }
        }
    }

    private HttpServer Create(UpstreamServer server)
    {
        SslClientAuthenticationOptions tls = trust.Options(server);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = IdleTime,
            ConnectTimeout = OpeningTime,
            SslOptions = tls,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(server.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(server.EndPoint, cancellationToken).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        string host = server.Name is null ? server.EndPoint.ToString() : $"{server.Name}:{server.EndPoint.Port}";
        return new HttpServer(new HttpMessageInvoker(handler), new Uri($"https://{host}{server.Path}"));
    }

    /// <param name="Client">Without a limit of its own: the try has one.</param>
    private sealed record HttpServer(HttpMessageInvoker Client, Uri Uri);
}
