namespace KubeDoH.Engine.Listeners;

/// <summary>What the callers of the classic listeners are held to. README.md lists the values.</summary>
public sealed record ListenerLimits
{
    /// <summary>How long a connection may be quiet (RFC 7766 6.2.3).</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From the first octet of a question to its last, and for a TLS handshake.</summary>
    public TimeSpan Question { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a client to take what was sent to it.</summary>
    public TimeSpan Reply { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may be there at all.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Connections at once; where they are all taken, the one that was quiet for longest gives way.</summary>
    public int Connections { get; init; } = 2000;

    /// <summary>Of these for one client: an IPv4 address, or an IPv6 /64.</summary>
    public int ConnectionsPerClient { get; init; } = 200;

    /// <summary>Questions of a connection that wait for an answer; more are not read before.</summary>
    public int QuestionsPerConnection { get; init; } = 64;

    /// <summary>Datagrams of a listener that wait for an answer; what more of them cannot be answered at once is SERVFAIL.</summary>
    public int WaitingDatagrams { get; init; } = 4096;
}
