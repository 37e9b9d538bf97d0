namespace KubeDoH.Engine.Kubernetes;

/// <summary>What is new about the objects of a cluster.</summary>
internal abstract record ObjectChange
{
    /// <summary>The object is there, as it stands here.</summary>
    /// <param name="Generation">The number of the list that it was seen in, or since.</param>
    public sealed record Put(KubernetesObject Object, int Generation) : ObjectChange;

    public sealed record Gone(KubernetesKind Kind, string Namespace, string Name) : ObjectChange;

    /// <summary>A list was read to its end: objects of the kind that were not put since it began do not exist any more.</summary>
    public sealed record Listed(KubernetesKind Kind, int Generation) : ObjectChange;
}
