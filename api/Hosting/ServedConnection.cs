using Microsoft.AspNetCore.Connections;

namespace KubeDoH.Api.Hosting;

/// <summary>An open connection: at which address it came, and when it was last heard of. A feature of each of its requests.</summary>
internal sealed class ServedConnection(ServedListener listener, ConnectionContext connection, TimeProvider clock)
{
    private long _lastHeard = clock.GetTimestamp();

    public ServedListener Listener { get; } = listener;

    /// <summary>False for one that came and never sent a request.</summary>
    public bool Asked { get; private set; }

    /// <summary>When the last request came, or the connection; in the clock's ticks.</summary>
    public long LastHeard => Volatile.Read(ref _lastHeard);

    /// <summary>
    /// The connection of a request; null where no listener of ours took it. The generic way to a feature is a generic virtual call,
    /// which a native build looks up anew each time.
    /// </summary>
    public static ServedConnection? Of(HttpContext context) => context.Features[typeof(ServedConnection)] as ServedConnection;

    /// <summary>Stands before what answers requests: a connection that asks is not quiet.</summary>
    public static Task NoteRequestAsync(HttpContext context, RequestDelegate next)
    {
        if (Of(context) is { } served) served.NoteRequest(served.Now());
        return next(context);
    }

    /// <summary>Says that a request has come.</summary>
    /// <param name="timestamp">Of the clock.</param>
    public void NoteRequest(long timestamp)
    {
        Asked = true;
        Volatile.Write(ref _lastHeard, timestamp);
    }

    /// <summary>Ends it for somebody else to come.</summary>
    public void Vacate() => connection.Abort(new ConnectionAbortedException("quiet for longest where there was no more room"));

    private long Now() => clock.GetTimestamp();
}
