using System.Threading.Tasks.Sources;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>
/// One question on its way to the servers of a rule, in an order given. A failure leads to the next server at once; one that is slow
/// for its kind has the next asked beside it, once, and the first final answer wins. Silent servers are asked a second time while there
/// is time: a datagram may have been lost. The deadline holds whatever a transport does.
/// </summary>
/// <remarks>One timer, always set to what is due next; everything that happens leads to <see cref="Step"/>.</remarks>
internal sealed class QuestionRun : IValueTaskSource<Answer>
{
    private readonly Lock _lock = new();
    private readonly QuestionSetting _setting;
    private readonly UpstreamQuestion _question;
    private readonly List<UpstreamTry> _running = new(2);
    private readonly long _deadlineAt;
    private readonly RunClock _clock;
    private ManualResetValueTaskSourceCore<Answer> _done;
    private UpstreamOrder _unasked;
    private CancellationTokenRegistration _cancellation;
    private List<(Upstream Upstream, TryVerdict Verdict)>? _failed;
    private List<Upstream>? _silent;
    private bool _secondRound, _hedged, _settled, _over;
    private long _hedgeAt = long.MaxValue;

    private QuestionRun(QuestionSetting setting, UpstreamQuestion question, UpstreamOrder order, long startedAt)
    {
        (_setting, _question, _unasked) = (setting, question, order);
        _deadlineAt = startedAt + setting.Ticks(setting.Deadline);
        _clock = setting.Clocks.Rent();
    }

    /// <summary>The first final answer, or the SERVFAIL that says how every server failed. Throws only when cancelled.</summary>
    /// <param name="startedAt">A timestamp: where the deadline counts from.</param>
    public static ValueTask<Answer> AskAsync(
        QuestionSetting setting, UpstreamQuestion question, UpstreamOrder order, long startedAt, CancellationToken cancellationToken)
    {
        var run = new QuestionRun(setting, question, order, startedAt);
        run._clock.Run = run;
        run._cancellation = cancellationToken.UnsafeRegister(static (run, token) => ((QuestionRun)run!).Complete(null, null, token), run);
        run.Step();
        return new ValueTask<Answer>(run, run._done.Version);
    }

    /// <summary>Does what is due: ends what has timed out, asks the next server, gives up.</summary>
    public void Step()
    {
        UpstreamTry? next;
        Answer? failure = null;
        List<UpstreamTry>? expired = null;
        lock (_lock)
        {
            if (_over || _settled) return;
            long now = _setting.Time.GetTimestamp();
            for (int i = _running.Count - 1; i >= 0; i--)
            {
                if (now < _running[i].LimitAt && now < _deadlineAt) continue;
                (expired ??= []).Add(_running[i]);
                Remember(_running[i], TryVerdict.TimedOut);
                _running.RemoveAt(i);
            }

            next = now >= _deadlineAt ? null : TakeNext(now);
            if (next is null && _running.Count == 0) failure = Failure();
            else ArmTimer(now);
        }

        expired?.ForEach(ended => Abandon(ended, TryVerdict.TimedOut));
        if (failure is not null) Complete(failure);
        else if (next is not null) _ = SendAsync(next);
    }

    private async Task SendAsync(UpstreamTry @try)
    {
        @try.Upstream.Began();
        UpstreamReply reply = await _setting.Exchange.AskAsync(@try.Upstream.Server, _question, @try.Ends.Token).ConfigureAwait(false);
        TryVerdict verdict = TryVerdict.Of(_setting.Source, @try.Upstream.Server, _question, reply);
        TimeSpan duration = _setting.Time.GetElapsedTime(@try.StartedAt);
        if (reply.Failure == UpstreamFailure.None) @try.Upstream.Replied(reply.Message, duration);
        bool counts;
        lock (_lock)
        {
            // In one piece: while nothing runs and nothing is settled, another step would give the question up.
            counts = _running.Remove(@try);
            if (counts && verdict.Answer is null) Remember(@try, verdict);
            _settled |= counts && verdict.Answer is not null;
        }

        if (!counts) return;
        _setting.Ends.Return(@try.Ends);
        Note(@try, verdict, duration);
        if (verdict.IsServersFault) @try.Upstream.Health.Failed(verdict.Failure);
        if (verdict.Answer is { } answer)
        {
            @try.Upstream.Health.Succeeded();
            Complete(answer, @try.Upstream);
            return;
        }

        Step();
    }

    /// <summary>
    /// The server to ask now: after a failure, or beside one that is slow; null while it is better to wait, or nobody is left.
    /// </summary>
    private UpstreamTry? TakeNext(long now)
    {
        bool hedges = _running.Count > 0;
        if (hedges && (_hedged || now < _hedgeAt)) return null;
        if (hedges && !_setting.TryHedge())
        {
            // Its turn is over: were the timer set for it again, it would fire without end while all servers are slow.
            _hedgeAt = long.MaxValue;
            return null;
        }

        Upstream? upstream = TakeUnasked();
        bool resent = false;
        if (upstream is null && hedges && !_secondRound && _running[0].Upstream is { Server.Transport: UpstreamTransport.Udp } slow)
        {
            upstream = slow;
            resent = true;
        }

        if (upstream is null && !hedges && !_secondRound)
        {
            _secondRound = true;
            _unasked = new UpstreamOrder([.. _silent ?? []]);
            upstream = TakeUnasked();
        }

        _hedged |= hedges;
        if (upstream is null) return null;
        long share = (_deadlineAt - now) / (resent ? 1 : _unasked.Count + 1);
        var @try = new UpstreamTry(upstream, now, now + Math.Min(share, _setting.Ticks(_setting.Timeout)), resent, _setting.Ends.Rent());
        _running.Add(@try);
        if (!hedges) _hedgeAt = _hedged ? long.MaxValue : now + _setting.Ticks(upstream.Patience);
        return @try;
    }

    private Upstream? TakeUnasked()
    {
        while (_unasked.Take() is { } upstream)
            if (upstream.Health.TryTakeLastResort()) return upstream;
        return null;
    }

    private void ArmTimer(long now)
    {
        long due = _deadlineAt;
        foreach (UpstreamTry @try in _running) due = Math.Min(due, @try.LimitAt);
        if (!_hedged) due = Math.Min(due, _hedgeAt);
        _clock.Set(_setting.Span(Math.Max(due - now, 1)));
    }

    private void Remember(UpstreamTry @try, TryVerdict verdict)
    {
        (_failed ??= []).Add((@try.Upstream, verdict));
        if (verdict.Outcome == TryOutcome.TimedOut && !@try.IsResent && !_secondRound) (_silent ??= []).Add(@try.Upstream);
    }

    private void Note(UpstreamTry @try, TryVerdict verdict, TimeSpan duration)
    {
        @try.Upstream.Ended(verdict.Outcome);
        _question.Tries?.Add(new UpstreamTryStep(
            @try.Upstream.Server.ToString(), duration, verdict.Answer is null ? verdict.Failure : null));
    }

    private Answer Failure()
    {
        if (_failed is null) return UpstreamFailures.AllDown;
        bool onlyNetwork = _failed.TrueForAll(failed => failed.Verdict.Outcome == TryOutcome.NetworkError);
        return LocalAnswers.Failure(
            _setting.Source,
            Rcode.ServFail,
            onlyNetwork ? ExtendedErrorCode.NetworkError : ExtendedErrorCode.NoReachableAuthority,
            $"every upstream failed: {string.Join(", ", _failed.Select(failed => failed.Verdict.Failure).Distinct())}");
    }

    /// <summary>Ends the question, once; servers whose reply is still awaited have been overtaken, or the client has left.</summary>
    private void Complete(Answer? answer, Upstream? from = null, CancellationToken cancelled = default)
    {
        UpstreamTry[] left;
        lock (_lock)
        {
            if (_over) return;
            _over = true;
            left = [.. _running];
            _running.Clear();
        }

        _setting.Clocks.Return(_clock);
        _cancellation.Unregister();
        _setting.Room.Leave();
        foreach (UpstreamTry @try in left) Abandon(@try, new TryVerdict(TryOutcome.Overtaken, null, TryVerdict.OvertakenText), from);
        if (answer is null)
        {
            _done.SetException(new OperationCanceledException(cancelled));
            return;
        }

        if (from is not null && _failed is not null) Blame(from);
        _done.SetResult(answer);
    }

    /// <summary>A SERVFAIL where another server had the answer is the server's own fault.</summary>
    private void Blame(Upstream from)
    {
        foreach ((Upstream upstream, TryVerdict verdict) in _failed!)
        {
            bool said = verdict.Outcome is TryOutcome.ServFail or TryOutcome.Refused or TryOutcome.Useless;
            if (upstream != from && said) upstream.Health.Blamed(verdict.Failure);
        }
    }

    /// <summary>
    /// Stops waiting for a reply. Being slow counts as a failure only where another server was asked later and was faster.
    /// </summary>
    private void Abandon(UpstreamTry @try, TryVerdict verdict, Upstream? from = null)
    {
        TimeSpan duration = _setting.Time.GetElapsedTime(@try.StartedAt);
        Note(@try, verdict, duration);
        bool slow = verdict.Outcome == TryOutcome.TimedOut
            || (from is not null && from != @try.Upstream && duration >= @try.Upstream.Patience);
        if (slow) @try.Upstream.Health.Failed(verdict.Failure);
        @try.Ends.Cancel();
    }

    Answer IValueTaskSource<Answer>.GetResult(short token) => _done.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Answer>.GetStatus(short token) => _done.GetStatus(token);

    void IValueTaskSource<Answer>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _done.OnCompleted(continuation, state, token, flags);
}
