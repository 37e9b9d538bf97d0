using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Oracle;

namespace KubeDoH.Tests.Listeners;

/// <summary>
/// The engine behind its listener as the other side of the comparison: datagrams, and TCP for what they have no room for. Additional
/// records may be missing from a datagram without a word (RFC 2181 9), so that a long one is compared with what TCP brings.
/// </summary>
internal sealed class ListenerSubject : ISubject, IResolver, IAsyncDisposable
{
    /// <summary>Octets from which on something may be missing of the 512 of a client without EDNS.</summary>
    private const int Nearly = 350;

    private readonly EngineSubject _engine = new();
    private readonly ClassicServer _server;
    private World? _world;
    private IResolver? _resolver;
    private OracleView? _view;

    public ListenerSubject() => _server = ClassicServer.Start(this, view: query =>
    {
        query.View = EngineSubject.View(_view);
        return null;
    });

    /// <summary>How many answers came over TCP.</summary>
    public int Truncated { get; private set; }

    public async Task<OracleAnswer> AskAsync(World world, OracleQuestion question)
    {
        if (!ReferenceEquals(world, _world)) (_world, _resolver) = (world, _engine.Build(world).Resolver);
        _view = question.View;
        Assert.True(RecordTypeText.TryRead(question.Type, out RecordType type));
        byte[] message = ClassicClient.Question(question.Name, type);
        byte[] reply = await ClassicClient.AskUdpAsync(_server.Udp, message);
        OracleAnswer datagram = ReplyText.Read(reply);
        bool truncated = MessageHeader.Read(reply).Has(MessageHeader.Truncated);
        if (reply.Length < Nearly && !truncated) return datagram;

        OracleAnswer stream = ReplyText.Read(await ClassicClient.AskTcpAsync(_server.Tcp, message));
        if (truncated) Truncated++;
        else if (datagram.Additional.Count == stream.Additional.Count) return datagram;
        else Assert.Equal((stream with { Additional = [] }).Normal(), (datagram with { Additional = [] }).Normal());
        return stream;
    }

    public ValueTask<Answer> ResolveAsync(Query query, CancellationToken cancellationToken) =>
        _resolver!.ResolveAsync(query, cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
