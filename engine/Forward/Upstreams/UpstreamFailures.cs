using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>The failures that no server said: each tells a client and an operator why, without an address.</summary>
internal static class UpstreamFailures
{
    /// <summary>The client may come back at once: what stands in its way is our own load.</summary>
    public static readonly Answer Full = Failure(ExtendedErrorCode.Other, "too many questions are on their way to upstreams");

    public static readonly Answer NoServerLeft = Failure(
        ExtendedErrorCode.NoReachableAuthority, "the only upstreams for this name lead back to this service");

    public static readonly Answer AllDown = Failure(
        ExtendedErrorCode.NoReachableAuthority, "every upstream is down, and is tried again in a moment");

    /// <summary>It is not for whoever may write a pod to say where this service sends questions.</summary>
    public static readonly Answer Withheld = LocalAnswers.Failure(
        ForwardSource.SourceName, Rcode.Refused, ExtendedErrorCode.Prohibited,
        "none of the pod's nameservers is among Forward:PodNameservers");

    /// <summary>A question that comes back, and every question that would.</summary>
    public static readonly Answer Loop = Failure(
        ExtendedErrorCode.NoReachableAuthority, "forwarding loop: the upstreams for this name send its questions back to this service");

    private static Answer Failure(ExtendedErrorCode code, string text) =>
        LocalAnswers.Failure(ForwardSource.SourceName, Rcode.ServFail, code, text);
}
