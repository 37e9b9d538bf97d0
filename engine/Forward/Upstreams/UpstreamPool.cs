using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>
/// Asks the upstreams of a rule: in the order of the policy, those that are down last. What is known of a server stays while rules
/// come and go.
/// </summary>
/// <param name="random">Shared under a lock on itself.</param>
internal sealed class UpstreamPool(ForwardOptions options, IUpstreamExchange exchange, TimeProvider time, Random random)
{
    private readonly QuestionSetting _setting = new(
        ForwardSource.SourceName, exchange, new QuestionRoom(options.MaxConcurrent, time), options.Timeout, options.Deadline, time);
    private readonly ConcurrentDictionary<UpstreamServer, Upstream> _upstreams = new();
    private readonly ConditionalWeakTable<ForwardRule, Upstream[]> _ofRule = [];
    private readonly ConditionalWeakTable<ViewUpstreams, ForwardRule> _ofViews = [];
    private long _rejected, _allDown;
    private uint _turn;

    /// <summary>
    /// The answer of the rule's servers, of which there are some, within <c>Forward:Deadline</c>. Whatever goes wrong is a SERVFAIL that
    /// says why (EDE 22 or 23; 0 where there was no room); throws only when cancelled.
    /// </summary>
    public ValueTask<Answer> AskAsync(ForwardRule rule, UpstreamQuestion question, CancellationToken cancellationToken)
    {
        long startedAt = time.GetTimestamp();
        return _setting.Room.TryEnter()
            ? RunAsync(rule, question, startedAt, cancellationToken)
            : WaitAndRunAsync(rule, question, startedAt, cancellationToken);
    }

    private async ValueTask<Answer> WaitAndRunAsync(
        ForwardRule rule, UpstreamQuestion question, long startedAt, CancellationToken cancellationToken)
    {
        if (await _setting.Room.EnterAsync(cancellationToken).ConfigureAwait(false))
            return await RunAsync(rule, question, startedAt, cancellationToken).ConfigureAwait(false);
        Interlocked.Increment(ref _rejected);
        return UpstreamFailures.Full;
    }

    /// <summary>Asks the servers, and gives the place back that was taken.</summary>
    private ValueTask<Answer> RunAsync(ForwardRule rule, UpstreamQuestion question, long startedAt, CancellationToken cancellationToken)
    {
        _setting.CountQuestion();
        UpstreamOrder order = Order(Of(rule), rule.Suffix, question);
        if (order.Count > 0) return QuestionRun.AskAsync(_setting, question, order, startedAt, cancellationToken);
        _setting.Room.Leave();
        return new ValueTask<Answer>(UpstreamFailures.Loop);
    }

    /// <summary>Questions sent away because too many were on their way.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>Questions that found every server of their rule down.</summary>
    public long AllDown => Volatile.Read(ref _allDown);

    /// <summary>The questions that would show a loop.</summary>
    public LoopProbes Probes { get; } = new();

    /// <summary>The rule of the servers that a pod asks itself.</summary>
    public ForwardRule RuleOf(ViewUpstreams own) =>
        _ofViews.TryGetValue(own, out ForwardRule? rule) ? rule : _ofViews.GetValue(own, MakeRule);

    /// <summary>What is known of the servers of these rules and of pods, each once; servers of none are forgotten.</summary>
    public IReadOnlyList<UpstreamStatus> Read(ForwardRules rules)
    {
        ILookup<UpstreamServer, string> suffixes = rules.All.Select(rule => (rule, Name: rule.Suffix.ToString()))
            .Concat(_ofViews.Select(pair => (rule: pair.Value, Name: UpstreamStatus.OfPods)))
            .SelectMany(named => named.rule.Servers, (named, server) => (server, named.Name))
            .Distinct()
            .ToLookup(pair => pair.server, pair => pair.Name);
        foreach (UpstreamServer server in _upstreams.Keys)
            if (!suffixes.Contains(server)) _upstreams.TryRemove(server, out _);
        return [.. suffixes.Select(group => Of(group.Key).Read([.. group]))];
    }

    /// <summary>What is known of a server.</summary>
    public Upstream Of(UpstreamServer server) => _upstreams.GetOrAdd(server, static (key, pool) => pool.Create(key), this);

    private static ForwardRule MakeRule(ViewUpstreams own) => new(
        DnsName.Root, [.. own.Servers.Select(address => new UpstreamServer(new IPEndPoint(address, UpstreamServer.DefaultPort)))]);

    private Upstream Create(UpstreamServer server) => new(server, time, random);

    private Upstream[] Of(ForwardRule rule)
    {
        if (_ofRule.TryGetValue(rule, out Upstream[]? known)) return known;
        Upstream[] upstreams = [.. rule.Servers.Distinct().Select(Of)];
        _ofRule.AddOrUpdate(rule, upstreams);
        return upstreams;
    }

    /// <summary>
    /// Healthy servers as the policy has them, then those that are down, the next one due first. A server that is due is asked the
    /// same question beside the others, so that no client waits for one that may still be down.
    /// </summary>
    private UpstreamOrder Order(Upstream[] upstreams, DnsName suffix, UpstreamQuestion question)
    {
        if (options.Policy == ForwardPolicy.Sequential && AreWell(upstreams, suffix)) return new UpstreamOrder(upstreams);
        int count = upstreams.Length, first = 0;
        var order = new List<Upstream>(count);
        if (options.Policy == ForwardPolicy.RoundRobin) first = (int)(Interlocked.Increment(ref _turn) % (uint)count);
        List<Upstream>? down = null;
        for (int i = 0; i < count; i++)
        {
            Upstream upstream = upstreams[(first + i) % count];
            if (upstream.LoopsFor(suffix)) continue;
            if (upstream.Health.IsDown) (down ??= []).Add(upstream);
            else order.Add(upstream);
        }

        if (options.Policy == ForwardPolicy.Random) Shuffle(order);
        if (down is null) return new UpstreamOrder([.. order]);
        bool others = order.Count > 0;
        if (!others) Interlocked.Increment(ref _allDown);
        foreach (Upstream upstream in down.OrderBy(upstream => upstream.Health.DueAt))
        {
            if (others && upstream.Health.TryBeginProbe()) _ = ProbeAsync(upstream, question);
            order.Add(upstream);
        }

        return new UpstreamOrder([.. order]);
    }

    private static bool AreWell(Upstream[] upstreams, DnsName suffix)
    {
        foreach (Upstream upstream in upstreams)
            if (upstream.Health.IsDown || upstream.LoopsFor(suffix)) return false;
        return true;
    }

    private void Shuffle(List<Upstream> order)
    {
        lock (random) random.Shuffle(CollectionsMarshal.AsSpan(order));
    }

    private async Task ProbeAsync(Upstream upstream, UpstreamQuestion question)
    {
        using var limit = new CancellationTokenSource(options.Timeout, time);
        upstream.Began();
        long startedAt = time.GetTimestamp();
        UpstreamReply reply = await exchange.AskAsync(upstream.Server, question, limit.Token).ConfigureAwait(false);
        TryVerdict verdict = TryVerdict.Of(ForwardSource.SourceName, upstream.Server, question, reply);
        upstream.Ended(verdict.Outcome);
        if (reply.Failure == UpstreamFailure.None) upstream.Replied(reply.Message, time.GetElapsedTime(startedAt));
        if (verdict.Answer is not null) upstream.Health.Succeeded();
        else if (verdict.IsServersFault) upstream.Health.Failed(verdict.Failure);
        else upstream.Health.Blamed(verdict.Failure);
    }
}
