using System.Collections.Concurrent;
using System.Net;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// Which servers send a name back in the case that it was asked in. All are taken to, until one changed it twice without having kept
/// it in between; that one is then asked in lower case for as long as this process runs.
/// </summary>
internal sealed class NameCases
{
    private const int Enough = 2;

    private readonly ConcurrentDictionary<IPEndPoint, int> _changed = new();

    public bool IsKeptBy(IPEndPoint server) => !_changed.TryGetValue(server, out int times) || times < Enough;

    public void Kept(IPEndPoint server)
    {
        if (!_changed.IsEmpty) _changed.TryRemove(server, out _);
    }

    public void Changed(IPEndPoint server) => _changed.AddOrUpdate(server, 1, static (_, times) => Math.Min(times + 1, Enough));
}
