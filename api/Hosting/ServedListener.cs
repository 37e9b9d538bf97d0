using KubeDoH.Engine.Metrics;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Api.Hosting;

/// <summary>What an address is for.</summary>
internal enum ListenerRole
{
    /// <summary>Everything that has no address of its own.</summary>
    Shared,

    /// <summary>Everything but names.</summary>
    Management,

    Health,
    Ready,
    Metrics,
}

/// <summary>An address that is listened on.</summary>
/// <param name="server">As CoreDNS writes it in its metrics: <c>https://127.0.0.1:8443</c>, <c>https://:8443</c> for any.</param>
internal sealed class ServedListener(string server, ListenerRole role)
{
    /// <summary>The HTTP statuses that are told apart.</summary>
    private static readonly int[] Statuses = [200, 400, 404, 405, 413, 414, 415, 500, 503];

    private readonly ShardedCounts _replies = new(Statuses.Length + 1);

    public string Server { get; } = server;

    public ListenerRole Role { get; } = role;

    /// <summary>Counts its questions; set by the first of them.</summary>
    public QueryMeter? Meter { get; set; }

    public static ServedListener Of(string scheme, ListenAddress address, ListenerRole role) => new(NameOf(scheme, address), role);

    /// <summary>An address as CoreDNS writes it in its metrics.</summary>
    public static string NameOf(string scheme, ListenAddress address) =>
        address.Host == "*" ? $"{scheme}://:{address.Port}" : $"{scheme}://{address}";

    /// <summary>Counts a reply of the DNS paths.</summary>
    public void CountReply(int status)
    {
        int index = status == StatusCodes.Status200OK ? 0 : Array.IndexOf(Statuses, status);
        _replies.Add(index < 0 ? Statuses.Length : index);
    }

    public IEnumerable<MetricSample> Replies() =>
        from index in Enumerable.Range(0, Statuses.Length + 1)
        let count = _replies.Read(index)
        where count > 0
        select MetricSample.Of(count, "server", Server, "status", index == Statuses.Length ? "other" : $"{Statuses[index]}");
}
