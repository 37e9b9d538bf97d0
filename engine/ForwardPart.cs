using System.Net;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Exchanges;
using KubeDoH.Engine.Forward.Upstreams;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine;

/// <summary>The rules, the servers that they name, and what is known of those: all that the section <c>Forward</c> decides.</summary>
internal sealed class ForwardPart : IDisposable
{
    private readonly TransportExchange _exchange;

    public ForwardPart(
        ForwardOptions options, ServerTrust trust, IReadOnlyList<IPEndPoint> own, TimeProvider time, ILoggerFactory loggers)
    {
        Deadline = options.Deadline;
        Feed = new ForwardFeed(options, own, time, loggers.CreateLogger<ForwardFeed>());
        _exchange = new TransportExchange(trust, time);
        Pool = new UpstreamPool(options, _exchange, time, Random.Shared);
        Loops = new LoopWatch(Pool, () => Feed.Rules, _exchange, options.Timeout, time, loggers.CreateLogger<LoopWatch>());
    }

    public TimeSpan Deadline { get; }

    public ForwardFeed Feed { get; }

    public UpstreamPool Pool { get; }

    public LoopWatch Loops { get; }

    public void Dispose() => _exchange.Dispose();
}
