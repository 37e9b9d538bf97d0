using System.Net;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Queries;

/// <summary>
/// Is told of each question that was answered: counts its name, and hands it to those who listen. Where neither is wanted, that is
/// one volatile read; counting costs no allocation.
/// </summary>
internal sealed class QueryWatch : IDisposable
{
    /// <summary>Who may listen at once: people at terminals, not collectors.</summary>
    public const int Places = 16;

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private volatile Watchers? _watchers;

    public QueryWatch(QueriesOptions options, TimeProvider time)
    {
        _time = time;
        Options = options;
        Apply(options);
    }

    public QueriesOptions Options { get; private set; }

    /// <summary>Null where nothing is counted.</summary>
    public QuerySummary? Summary => _watchers?.Summary;

    public static QueryWatch Follow(LiveConfiguration live, TimeProvider time)
    {
        var watch = new QueryWatch(live.InForce.Queries, time);
        live.Follow(options => watch.Apply(options.Queries));
        return watch;
    }

    /// <summary>
    /// Goes by other options from now on: where they are off, those who listen find the end, and what was counted is forgotten.
    /// </summary>
    public void Apply(QueriesOptions options)
    {
        lock (_lock)
        {
            QuerySummary? before = Summary;
            QuerySummary? summary = options is { Enabled: true, Summary: true } ? before ?? new QuerySummary(_time) : null;
            QueryListener[] listeners = _watchers?.Listeners ?? [];
            Options = options;
            Set(options.Enabled ? listeners : [], summary);
            if (summary is null) before?.Dispose();
            if (options.Enabled) return;
            foreach (QueryListener listener in listeners) listener.End();
        }
    }

    /// <summary>Listens until <see cref="Leave"/>; null when all places are taken, or nobody may.</summary>
    public QueryListener? TryListen(QueryFilter filter)
    {
        lock (_lock)
        {
            QueryListener[] listeners = _watchers?.Listeners ?? [];
            if (!Options.Enabled || listeners.Length == Places) return null;
            var listener = new QueryListener(filter);
            Set([.. listeners, listener], Summary);
            return listener;
        }
    }

    public void Leave(QueryListener listener)
    {
        lock (_lock)
            if (_watchers is { } watchers) Set([.. watchers.Listeners.Where(other => other != listener)], watchers.Summary);
    }

    /// <summary>Tells of a question that came by HTTP.</summary>
    public void Note(HttpContext context, Query query, Answer answer, int size, TimeSpan duration)
    {
        Watchers? watchers = _watchers;
        if (watchers is null) return;
        watchers.Summary?.Add(query, answer, duration);
        foreach (QueryListener listener in watchers.Listeners)
            if (Wants(listener, query, answer, duration))
                listener.Put(Of(query, answer, "https", size, duration, watchers.Clients ? context.Connection.RemoteIpAddress : null));
    }

    /// <summary>Tells of a question that came to a listener of classic DNS.</summary>
    public void Note(AddressKey client, string proto, Query query, Answer answer, int size, TimeSpan duration)
    {
        Watchers? watchers = _watchers;
        if (watchers is null) return;
        watchers.Summary?.Add(query, answer, duration);
        foreach (QueryListener listener in watchers.Listeners)
            if (Wants(listener, query, answer, duration))
                listener.Put(Of(query, answer, proto, size, duration, watchers.Clients ? new IPAddress(client.ToData()) : null));
    }

    public void Dispose() => Summary?.Dispose();

    private static bool Wants(QueryListener listener, Query query, Answer answer, TimeSpan duration) =>
        listener.Wants(query, answer, duration) && listener.TryTakePlace();

    private AskedQuestion Of(Query query, Answer answer, string proto, int size, TimeSpan duration, IPAddress? client) =>
        AskedQuestion.Of(_time.GetUtcNow(), query, answer, proto, size, duration, client);

    private void Set(QueryListener[] listeners, QuerySummary? summary) =>
        _watchers = listeners.Length == 0 && summary is null ? null : new Watchers(listeners, summary, Options.Clients);

    private sealed record Watchers(QueryListener[] Listeners, QuerySummary? Summary, bool Clients);
}
