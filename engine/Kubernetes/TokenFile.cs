using System.Net.Http.Headers;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>
/// A bearer token in a file, read anew for each request: the kubelet swaps a service account's token long before it expires, and
/// requests come some times a minute only.
/// </summary>
internal sealed class TokenFile(string path)
{
    public async Task<AuthenticationHeaderValue> ReadAsync(CancellationToken cancellationToken)
    {
        string token = (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).Trim();
        bool isToken = token.Length > 0 && !token.AsSpan().ContainsAnyExceptInRange('!', '~');
        return isToken ? new AuthenticationHeaderValue("Bearer", token) : throw new InvalidDataException($"{path} holds no bearer token");
    }
}
