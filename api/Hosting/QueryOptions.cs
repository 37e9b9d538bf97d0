using KubeDoH.Api.Hosting.Access;

namespace KubeDoH.Api.Hosting;

/// <summary>The section <c>Query</c>: who may ask names, and how fast.</summary>
internal sealed class QueryOptions
{
    /// <summary>Where callers must be; empty for anywhere.</summary>
    public IReadOnlyList<Network> Allow { get; set; } = [];

    /// <summary>Questions a second of each address, and as many at once; 0 for any number.</summary>
    public int RateLimit { get; set; }

    /// <summary>Takes questions only with a credential that has the scope query.</summary>
    public bool RequireToken { get; set; }
}
