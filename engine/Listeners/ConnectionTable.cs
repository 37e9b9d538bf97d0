using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Listeners;

/// <summary>
/// Every connection of the classic listeners: so many in all and for one client, and none beyond its limits of time. In a full table the
/// one that was quiet for longest gives way, first of all one that never asked, so that idle connections cannot keep anybody out.
/// </summary>
internal sealed class ConnectionTable : IDisposable
{
    /// <summary>How often the limits of time are looked at.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ListenerLimits _limits;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private readonly HashSet<StreamConnection> _all = [];
    private readonly Dictionary<AddressKey, int> _ofClient = [];
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closing;

    public ConnectionTable(ListenerLimits limits, TimeProvider time)
    {
        _limits = limits;
        _timer = time.CreateTimer(_ => Sweep(), null, Period, Period);
    }

    public int Count
    {
        get { lock (_lock) return _all.Count; }
    }

    /// <summary>False where the client has its share already.</summary>
    public bool TryAdd(StreamConnection connection)
    {
        StreamConnection? leaving = null;
        lock (_lock)
        {
            AddressKey client = PlaceOf(connection.Client.Address);
            int own = _ofClient.GetValueOrDefault(client);
            if (_closing || own >= _limits.ConnectionsPerClient) return false;
            _ofClient[client] = own + 1;
            if (_all.Count >= _limits.Connections)
            {
                leaving = _all.MinBy(one => (one.IsBusy, one.Clock.HasAsked, one.Clock.LastHeard));
                Forget(leaving!);
            }

            _all.Add(connection);
        }

        leaving?.End(atOnce: true);
        return true;
    }

    public void Remove(StreamConnection connection)
    {
        lock (_lock) Forget(connection);
    }

    /// <summary>Takes no more; completed when the last one has ended.</summary>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            _closing = true;
            if (_all.Count == 0) _empty.TrySetResult();
        }

        return _empty.Task;
    }

    /// <summary>Cuts off those that are left.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        foreach (StreamConnection connection in Copy()) connection.End(atOnce: true);
    }

    /// <summary>An IPv4 address; of IPv6 the /64, which one machine has to itself (RFC 4291 2.5.4).</summary>
    private static AddressKey PlaceOf(AddressKey client) => client.IsV6 ? client with { Bits = client.Bits >> 64 << 64 } : client;

    private void Forget(StreamConnection connection)
    {
        if (!_all.Remove(connection)) return;
        AddressKey client = PlaceOf(connection.Client.Address);
        if (--_ofClient[client] == 0) _ofClient.Remove(client);
        if (_closing && _all.Count == 0) _empty.TrySetResult();
    }

    private void Sweep()
    {
        foreach (StreamConnection connection in Copy())
        {
            if (connection.Clock.IsOverdue) connection.End(atOnce: true);
            else if (connection.Clock.IsIdle && !connection.IsBusy) connection.End(atOnce: false);
        }
    }

    private StreamConnection[] Copy()
    {
        lock (_lock) return [.. _all];
    }
}
