using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>
/// What the last questions tell about a server; no question is sent for it alone. Silence and broken replies in a row take it down. A
/// SERVFAIL or REFUSED counts only where another server then answered: else the fault may be the name's. A server that is down is
/// tried again after a time that doubles with every failure, and varies so that many services do not come at once.
/// </summary>
internal sealed class UpstreamHealth(TimeProvider time, Random random)
{
    private const int FailuresToDown = 3;

    /// <summary>A blamed reply weighs two, an answer takes one away: a third of bad replies is enough.</summary>
    private const int BlameWeight = 2, BlameToDown = 10;

    /// <summary>Failures of questions sent before a good reply came say less than that reply.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(1), LongestBackOff = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestSpacing = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private int _failures;
    private int _blame;
    private long _lastGood;
    private bool _wasGood;
    private TimeSpan _backOff;
    private long _downUntil;
    private long _lastResort;
    private bool _probing;
    private SourceError? _lastError;

    /// <summary>True when the server is left out as long as there are others.</summary>
    public bool IsDown
    {
        get { lock (_lock) return _backOff > TimeSpan.Zero; }
    }

    /// <summary>A timestamp: when a server that is down is due for a probe.</summary>
    public long DueAt
    {
        get { lock (_lock) return _downUntil; }
    }

    /// <summary>It gave a final answer.</summary>
    public void Succeeded()
    {
        lock (_lock)
        {
            _failures = 0;
            _lastGood = time.GetTimestamp();
            _wasGood = true;
            _probing = false;
            if (_blame > 0) _blame--;
            if (_backOff == TimeSpan.Zero) return;
            _backOff = TimeSpan.Zero;
            _blame = 0;
        }
    }

    /// <summary>It was silent, unreachable, or sent what is no reply.</summary>
    public void Failed(string why)
    {
        lock (_lock)
        {
            Note(why);
            _failures++;
            bool stale = !_wasGood || time.GetElapsedTime(_lastGood) >= Grace;
            if (_backOff > TimeSpan.Zero || (_failures >= FailuresToDown && stale)) TakeDown();
        }
    }

    /// <summary>It said SERVFAIL, REFUSED or the like to a question that another server answered.</summary>
    public void Blamed(string why)
    {
        lock (_lock)
        {
            Note(why);
            _blame += BlameWeight;
            if (_backOff > TimeSpan.Zero || _blame >= BlameToDown) TakeDown();
        }
    }

    /// <summary>Remembers for the operator what went wrong, without a verdict on the server.</summary>
    public void Note(string why) => _lastError = new SourceError(time.GetUtcNow(), why);

    /// <summary>
    /// True when the server is down, its time is over, and nobody else is probing it: the caller then tells how that ended.
    /// </summary>
    public bool TryBeginProbe()
    {
        lock (_lock)
        {
            if (_backOff == TimeSpan.Zero || _probing || time.GetTimestamp() < _downUntil) return false;
            return _probing = true;
        }
    }

    /// <summary>
    /// True when the server may be asked although it is down, because no other is left: often enough to see that it is back,
    /// however many questions come.
    /// </summary>
    public bool TryTakeLastResort()
    {
        lock (_lock)
        {
            if (_backOff == TimeSpan.Zero) return true;
            TimeSpan spacing = _backOff / 8 < LongestSpacing ? _backOff / 8 : LongestSpacing;
            if (_lastResort != 0 && time.GetElapsedTime(_lastResort) < spacing) return false;
            _lastResort = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>State, end of the time out, last error.</summary>
    public (UpstreamState State, DateTimeOffset? DownUntil, SourceError? LastError) Read()
    {
        lock (_lock)
        {
            if (_backOff > TimeSpan.Zero)
                return (UpstreamState.Down, time.GetUtcNow() + time.GetElapsedTime(time.GetTimestamp(), _downUntil), _lastError);
            return (_failures > 0 || _blame > 0 ? UpstreamState.Suspect : UpstreamState.Healthy, null, _lastError);
        }
    }

    /// <summary>Failures of several questions at once are one failure: the time doubles only when it was over.</summary>
    private void TakeDown()
    {
        long now = time.GetTimestamp();
        bool wasDown = _backOff > TimeSpan.Zero;
        if (wasDown && now < _downUntil) return;
        _probing = false;
        _backOff = !wasDown ? FirstBackOff : _backOff * 2 < LongestBackOff ? _backOff * 2 : LongestBackOff;
        double varied;
        lock (random) varied = 0.8 + (0.4 * random.NextDouble());
        _downUntil = now + time.TicksOf(_backOff * varied);
    }
}
