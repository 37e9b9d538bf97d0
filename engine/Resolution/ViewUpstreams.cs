using System.Net;

namespace KubeDoH.Engine.Resolution;

/// <summary>
/// The servers that a view's questions go to in the stead of the cluster's DNS. Views with the same servers share one of these: the
/// forwarding goes by the object.
/// </summary>
/// <param name="servers">In the order in which they are asked; empty where none of those that the pod names may be asked.</param>
public sealed class ViewUpstreams(IReadOnlyList<IPAddress> servers)
{
    /// <summary>Those of the forward rules, where the node's own servers are not known.</summary>
    public static readonly ViewUpstreams OfRules = new([]);

    /// <summary>None: those that the pod names may not be asked.</summary>
    public static readonly ViewUpstreams Withheld = new([]);

    public IReadOnlyList<IPAddress> Servers => servers;
}
