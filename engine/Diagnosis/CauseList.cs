using KubeDoH.Engine.Diagnosis.Causes;

namespace KubeDoH.Engine.Diagnosis;

/// <summary>Every cause that is looked for, in this order: what makes others impossible to tell comes first, a guess comes last.</summary>
internal static class CauseList
{
    public static readonly IReadOnlyList<ICause> All =
    [
        new NotSyncedCause(),       // before all is known, nobody can say that a name is not there
        new TooLongCause(),         // a candidate that no question fits
        new UpstreamCause(),        // servers that do not answer, or not as they should
        new DnsPolicyCause(),       // a pod that does not ask the cluster
        new OtherNamespaceCause(),  // the service is next door
        new NotReadyCause(),        // the service is there, and nobody behind it
        new PodNameCause(),         // pods have names only with hostname, subdomain and a service
        new PortNameCause(),        // a port or protocol of another name
        new ExternalNameCause(),    // an alias that leads nowhere, in circles, or to an address
        new ShadowCause(),          // an entry or a line of a file in front of a cluster name
        new SearchHijackCause(),    // a search domain that answers in the stead of the world
        new WildcardHijackCause(),  // a wildcard that does
        new OtherFamilyCause(),     // only the other address type is there
        new CachedAbsenceCause(),   // that there is nothing was learnt a while ago
        new TypoCause(),            // names nearly like it; only where nothing above explains it
        new TrailingDotCause(),     // found, and dearer than it need be
    ];
}
