using System.Net;
using KubeDoH.Engine.Forward;

namespace KubeDoH.Tests.Replay;

/// <summary>Reaches servers that a script calls by an address, on port 53, where they really listen.</summary>
internal sealed class RoutedExchange(IUpstreamExchange inner, IReadOnlyDictionary<IPEndPoint, IPEndPoint> routes) : IUpstreamExchange
{
    public ValueTask<UpstreamReply> AskAsync(UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken) =>
        inner.AskAsync(
            routes.TryGetValue(server.EndPoint, out IPEndPoint? real) ? server with { EndPoint = real } : server, question,
            cancellationToken);
}
