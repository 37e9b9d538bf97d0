using System.Collections.Concurrent;

namespace KubeDoH.Api.Hosting.Logging;

/// <summary>
/// Keeps what goes wrong again and again from burying the rest: of the warnings and errors of one kind (one message of one category) the
/// first few within a period are logged as they come, the others are counted, and the end of the period says how many they were, as
/// CoreDNS's errors plugin does.
/// </summary>
/// <param name="period">Zero logs everything.</param>
internal sealed partial class ConsolidatingProvider(
    ILoggerProvider inner, TimeSpan period, TimeProvider time) : ILoggerProvider, ISupportExternalScope
{
    /// <summary>Of a kind as many are logged one by one within a period.</summary>
    public const int First = 5;

    private readonly ConcurrentDictionary<(string Category, EventId Event), Kind> _kinds = new();

    private TimeSpan Period { get; } = period;

    private TimeProvider Time { get; } = time;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName, inner.CreateLogger(categoryName));

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => (inner as ISupportExternalScope)?.SetScopeProvider(scopeProvider);

    /// <summary>Says how many each kind had held back.</summary>
    public void Dispose()
    {
        foreach ((string Category, EventId Event) key in _kinds.Keys)
            if (_kinds.TryRemove(key, out Kind? kind)) kind.End();
    }

    /// <summary>True where the line is to be written.</summary>
    private bool Admits(string category, EventId id, LogLevel level, ILogger to, string message)
    {
        if (Period <= TimeSpan.Zero || level < LogLevel.Warning) return true;
        while (true)
        {
            Kind kind = _kinds.GetOrAdd(
                (category, id), static (key, made) => new Kind(made.Self, key, made.Level, made.To), (Self: this, Level: level, To: to));
            if (kind.TryAdmit(message, out bool admits)) return admits;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Message = "{Count} more like '{Example}' in the last {Seconds} s")]
        public static partial void Consolidated(ILogger logger, LogLevel level, long count, string example, long seconds);
    }

    /// <summary>The lines of one kind within one period, which begins with the first of them.</summary>
    private sealed class Kind
    {
        private readonly Lock _lock = new();
        private readonly ConsolidatingProvider _provider;
        private readonly (string Category, EventId Event) _key;
        private readonly LogLevel _level;
        private readonly ILogger _to;
        private readonly ITimer _timer;
        private string _example = "";
        private long _seen;
        private bool _over;

        public Kind(ConsolidatingProvider provider, (string Category, EventId Event) key, LogLevel level, ILogger to)
        {
            (_provider, _key, _level, _to) = (provider, key, level, to);
            _timer = provider.Time.CreateTimer(static kind => ((Kind)kind!).Expire(), this, provider.Period, Timeout.InfiniteTimeSpan);
        }

        /// <summary>False where the period ended meanwhile.</summary>
        public bool TryAdmit(string message, out bool admits)
        {
            lock (_lock)
            {
                admits = ++_seen <= First;
                if (!admits) _example = message;
                return !_over;
            }
        }

        public void End()
        {
            long held;
            lock (_lock)
            {
                if (_over) return;
                _over = true;
                held = Math.Max(0, _seen - First);
            }

            _timer.Dispose();
            if (held > 0) Log.Consolidated(_to, _level, held, _example, (long)_provider.Period.TotalSeconds);
        }

        private void Expire()
        {
            _provider._kinds.TryRemove(KeyValuePair.Create(_key, this));
            End();
        }
    }

    private sealed class Logger(ConsolidatingProvider provider, string category, ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel < LogLevel.Warning || provider.Admits(category, eventId, logLevel, inner, formatter(state, exception)))
                inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
