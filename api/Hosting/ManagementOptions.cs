using KubeDoH.Api.Hosting.Access;

namespace KubeDoH.Api.Hosting;

/// <summary>When a caller on this machine that came through no proxy needs no credential; within a cluster never.</summary>
internal enum LoopbackTrust
{
    /// <summary>As long as no credential is configured.</summary>
    Auto,

    /// <summary>Beside those that are configured too.</summary>
    True,

    False,
}

/// <summary>The section <c>Management</c>: who may use the paths under <c>/api</c>.</summary>
internal sealed class ManagementOptions
{
    /// <summary>Tokens as the configuration has them: their hashes, never a secret.</summary>
    public IReadOnlyList<TokenRecord> Tokens { get; set; } = [];

    /// <summary>A file with more tokens, a line each, read again when it changes; null for none.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Takes tokens of the cluster, which says who their bearers are and what they may.</summary>
    public bool Kubernetes { get; set; }

    /// <summary>One of these a token of the cluster must be for; none for those of its API server.</summary>
    public IReadOnlyList<string> Audiences { get; set; } = [];

    public LoopbackTrust TrustLoopback { get; set; } = LoopbackTrust.Auto;

    /// <summary>Requests a second of each caller, and as many at once; 0 for any number.</summary>
    public int RateLimit { get; set; } = 100;

    /// <summary>A write of one entry must have a condition, so that nobody replaces what they have not seen.</summary>
    public bool RequirePreconditions { get; set; }
}
