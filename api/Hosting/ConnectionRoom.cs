using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// Room for so many connections. Where it is full, those that have been quiet for longest give way to newcomers, first of all those
/// that never asked anything: a flood of idle connections then takes the flood's own places. Kestrel's limit would turn newcomers away
/// instead, and with neither the process runs out of file descriptors, which Kestrel's accept loop meets by spinning.
/// </summary>
internal sealed class ConnectionRoom(int capacity)
{
    /// <summary>Connections at most, however many descriptors there are: a quiet one over TLS costs some tens of kilobytes.</summary>
    public const int MostConnections = 20_000;

    /// <summary>The part of the descriptors that connections get; the rest is for files, upstreams and connections being closed.</summary>
    private const double Share = 0.75;

    /// <summary>
    /// One for each open connection: those who have a seat and some who are on their way out. Newcomers wait where it is full.
    /// </summary>
    private readonly Channel<bool> _open = Channel.CreateBounded<bool>(capacity + LeavingAtOnce(capacity));
    private readonly Lock _lock = new();
    private readonly HashSet<ServedConnection> _seats = [];

    /// <summary>What fits under this process's limit of file descriptors (<c>ulimit -n</c>), beside those that are open already.</summary>
    public static int Capacity()
    {
        const string limits = "/proc/self/limits", open = "/proc/self/fd";
        string? line = File.Exists(limits)
            ? File.ReadLines(limits).FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal))
            : null;
        string? soft = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        return long.TryParse(soft, CultureInfo.InvariantCulture, out long files)
            ? (int)Math.Clamp((files - Directory.EnumerateFileSystemEntries(open).Count()) * Share, 1, MostConnections)
            : MostConnections;
    }

    /// <summary>Accepts the next connection when there is a file descriptor for it.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(IConnectionListener listener, CancellationToken ct)
    {
        await _open.Writer.WriteAsync(true, ct);
        ConnectionContext? connection = null;
        try
        {
            return connection = await listener.AcceptAsync(ct);
        }
        finally
        {
            if (connection is null) _open.Reader.TryRead(out _);
        }
    }

    /// <summary>Gives a connection that was accepted here a seat until it ends.</summary>
    public async Task HoldAsync(ServedConnection served, ConnectionContext connection, ConnectionDelegate next)
    {
        foreach (ServedConnection quiet in Take(served)) quiet.Vacate();
        try
        {
            await next(connection);
        }
        finally
        {
            lock (_lock) _seats.Remove(served);
            _open.Reader.TryRead(out _);
        }
    }

    /// <summary>A sixteenth, so that not each newcomer has to look for a seat.</summary>
    private static int LeavingAtOnce(int capacity) => Math.Max(1, capacity / 16);

    /// <summary>Seats a newcomer; in a full room some of the others lose theirs.</summary>
    private ServedConnection[] Take(ServedConnection newcomer)
    {
        lock (_lock)
        {
            ServedConnection[] leaving = _seats.Count < capacity
                ? []
                : [.. _seats.OrderBy(seat => seat.Asked).ThenBy(seat => seat.LastHeard).Take(LeavingAtOnce(capacity))];
            _seats.ExceptWith(leaving);
            _seats.Add(newcomer);
            return leaving;
        }
    }
}
