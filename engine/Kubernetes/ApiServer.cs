using System.Net;
using System.Security.Authentication;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>
/// The API server, over one connection for all that is watched. It is opened when first needed, and anew when the server no longer
/// takes our credentials or we no longer take its certificate: files and plugins may have better ones by then.
/// </summary>
internal sealed class ApiServer(ClusterAccess access) : IDisposable
{
    private readonly Lock _opening = new();
    private Task<ApiConnection>? _connection;

    public string Description => access.Description;

    /// <inheritdoc cref="SendAsync"/>
    public Task<HttpResponseMessage> GetAsync(string target, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, target, null, cancellationToken);

    /// <summary>Asks, and returns when the headers of a good reply are there.</summary>
    /// <exception cref="ApiFailure">The server was not reached, or said no.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string target, HttpContent? content, CancellationToken cancellationToken)
    {
        Task<ApiConnection> opened = Opened();
        HttpResponseMessage reply;
        try
        {
            ApiConnection connection = await opened.WaitAsync(cancellationToken).ConfigureAwait(false);
            reply = await connection.SendAsync(method, target, content, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Opening reads files, keys and programs' output, whose exceptions have no common type.
            if (e is not HttpRequestException { InnerException: not AuthenticationException }) Forget(opened);
            throw ApiFailure.Of(e);
        }

        if (reply.IsSuccessStatusCode) return reply;
        using (reply)
        {
            if (reply.StatusCode == HttpStatusCode.Unauthorized) Forget(opened);
            throw await ApiFailure.ReadAsync(reply, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        if (_connection is { IsCompletedSuccessfully: true } opened) opened.Result.Dispose();
    }

    private Task<ApiConnection> Opened()
    {
        lock (_opening) return _connection ??= Task.Run(access.Open);
    }

    /// <summary>Other watches may still read from the old connection: it closes by itself when the last of them ends.</summary>
    private void Forget(Task<ApiConnection> opened)
    {
        lock (_opening)
            if (ReferenceEquals(_connection, opened)) _connection = null;
    }
}
