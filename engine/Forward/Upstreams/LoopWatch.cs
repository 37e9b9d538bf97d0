using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>
/// Looks for forwarding loops: after the start, when the rules change, while a server fails, and now and then, each server is asked for a
/// name that only a loop brings back. A server that does bring it back is left out for that rule until it no longer does; nothing else
/// stops.
/// </summary>
internal sealed partial class LoopWatch(
    UpstreamPool pool, Func<ForwardRules> rules, IUpstreamExchange exchange, TimeSpan timeout, TimeProvider time, ILogger<LoopWatch> logger)
    : IFeed
{
    /// <summary>A new rule, and a server that fails or is known to loop, are looked at as often.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    /// <summary>Until the listeners stand, through which a question would come back.</summary>
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);

    private const int StepsBetween = 20, LongestSuffix = 200;

    private int _found;

    public string Name => "loops";

    public Task LoadAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        ForwardRules? known = null;
        await WaitAsync(First, cancellationToken).ConfigureAwait(false);
        for (int step = 0; !cancellationToken.IsCancellationRequested; step++)
        {
            ForwardRules current = rules();
            if (current != known || step % StepsBetween == 0 || IsInTrouble(current))
                await LookAsync(current, cancellationToken).ConfigureAwait(false);
            known = current;
            await WaitAsync(Step, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Questions that go in a circle are answered by nobody: their server fails.</summary>
    private bool IsInTrouble(ForwardRules current) =>
        _found > 0 || pool.Read(current).Any(upstream => upstream.State != UpstreamState.Healthy);

    /// <summary>Waits so long, or less where it is over.</summary>
    private async Task WaitAsync(TimeSpan duration, CancellationToken cancellationToken) =>
        await Task.Delay(duration, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public SourceStatus Status() => new(Name, _found == 0 ? "no forwarding loop known" : $"{_found} forwarding loop(s)", []);

    /// <summary>Asks every server of every rule once.</summary>
    public async Task LookAsync(ForwardRules current, CancellationToken cancellationToken)
    {
        IEnumerable<Task<bool>> probes = current.All
            .Where(rule => rule.Suffix.Span.Length <= LongestSuffix)
            .SelectMany(rule => rule.Servers, (rule, server) => ProbeAsync(rule.Suffix, pool.Of(server), cancellationToken));
        bool[] loops = await Task.WhenAll(probes).ConfigureAwait(false);
        _found = loops.Count(loop => loop);
    }

    private async Task<bool> ProbeAsync(DnsName suffix, Upstream upstream, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        DnsName name = pool.Probes.Open(suffix);
        var question = new UpstreamQuestion(name, RecordType.HINFO, CheckingDisabled: false, AuthenticData: false, DnssecOk: false);
        await exchange.AskAsync(upstream.Server, question, either.Token).ConfigureAwait(false);
        bool loops = pool.Probes.Close(name);
        if (cancellationToken.IsCancellationRequested || !upstream.SetLoop(suffix, loops)) return loops;
        if (loops) Log.Found(logger, upstream.Server, suffix);
        else Log.Gone(logger, upstream.Server, suffix);
        return loops;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message =
            "Forward: loop: {Server} sends the questions of the rule for {Suffix} back to this service; it is not asked while that is so")]
        public static partial void Found(ILogger logger, UpstreamServer server, DnsName suffix);

        [LoggerMessage(
            Level = LogLevel.Information, Message = "Forward: {Server} no longer sends the questions of the rule for {Suffix} back")]
        public static partial void Gone(ILogger logger, UpstreamServer server, DnsName suffix);
    }
}
